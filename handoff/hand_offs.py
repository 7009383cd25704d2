"""How often one enquiry was handed from one owner to another: a person is not to be passed round.

Counts rows; who is warned is decided elsewhere.
"""

from sqlalchemy import Connection, func, select

from models.store import Transaction
from models.tables import tasks, transfers
from models.vocabulary import EnquiryId

HANDED_OVER = ("existing_team", "children_hub", "home_treatment", "out_of_area")
"""Lists on which a task means that another team is to take the person on."""


def hand_offs_of(reader: Connection | Transaction, enquiry: EnquiryId) -> int:
    """Conversations passed between practitioners, and tasks sent to another team."""
    passed = select(func.count(transfers.c.id)).where(
        transfers.c.enquiry_id == enquiry, transfers.c.ended_how == "accepted"
    )
    sent = select(func.count(tasks.c.id)).where(
        tasks.c.enquiry_id == enquiry, tasks.c.work_list.in_(HANDED_OVER)
    )
    return int(reader.execute(passed).scalar_one()) + int(reader.execute(sent).scalar_one())
