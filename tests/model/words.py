"""What people say in the walks, and what the second reader and the understanding make of it."""

from collections.abc import Mapping

from models.readings import Intent, ReaderFault, SecondReading, Understanding
from models.vocabulary import Priority

CALM = SecondReading(calm=True)
DOUBT = SecondReading(unsure=True)
NOT_UNDERSTOOD = Understanding(Intent.NOT_UNDERSTOOD, 0.9, confident_non_clinical=False)
APPOINTMENT = Understanding(Intent.APPOINTMENT, 0.9, confident_non_clinical=True)
HUMAN = Understanding(Intent.HUMAN_REQUEST, 0.9, confident_non_clinical=True, asks_for_person=True)

PLAIN = "I need to change my appointment"
THANKS = "Thank you, that is all"
DOUBTFUL = "I do not really know how to say this"
CLINICAL = "My medication has stopped working and I hear whispers"
DANGER = "I am going to kill myself tonight"
EMERGENCY = "I have just taken all of my tablets"
SIDEWAYS = "There will be no tomorrow for me to worry about"
DENIAL = "I was joking, ignore that"
PERSON_PLEASE = "Can I talk to a real person please"
UNREADABLE = "Ndinoda rubatsiro"
BREAKS = "This message breaks the reader"
SAFE = "No, I am safe"

HEARD: Mapping[str, tuple[SecondReading, Understanding]] = {
    PLAIN: (CALM, APPOINTMENT),
    THANKS: (CALM, Understanding(Intent.THANKS, 0.9, confident_non_clinical=True)),
    DOUBTFUL: (DOUBT, NOT_UNDERSTOOD),
    CLINICAL: (SecondReading(Priority.URGENT, unsure=True), NOT_UNDERSTOOD),
    DANGER: (SecondReading(Priority.VERY_URGENT, unsure=True), NOT_UNDERSTOOD),
    EMERGENCY: (SecondReading(Priority.EMERGENCY, unsure=True), NOT_UNDERSTOOD),
    SIDEWAYS: (SecondReading(Priority.VERY_URGENT, unsure=True), NOT_UNDERSTOOD),
    DENIAL: (CALM, Understanding(Intent.DENY, 0.9, confident_non_clinical=True)),
    PERSON_PLEASE: (CALM, HUMAN),
    UNREADABLE: (SecondReading(unsure=True, unreadable=True), NOT_UNDERSTOOD),
    BREAKS: (SecondReading(unsure=True, fault=ReaderFault.BROKEN), NOT_UNDERSTOOD),
    SAFE: (CALM, Understanding(Intent.DENY, 0.9, confident_non_clinical=True)),
}
SAYINGS = tuple(HEARD)
