"""Names people want to be called by, surgeries and teams as typed, and free text. No list decides what a name is."""

# ruff: noqa: E501 - a pattern is read whole, on its one line

import re
import unicodedata

from bot.fields.answer import (
    INVALID,
    NOT_AN_ANSWER,
    UNCLEAR,
    Reading,
    is_question,
    no_value,
    ok,
    phrase_lists,
)
from bot.fields.plain import plain, typed
from bot.practices import PracticeList
from models.vocabulary import FieldStatus

LONGEST_NAME = 60
LONGEST_TEXT = 4000
MOST_WORDS = 5

_LEAD_IN = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|yes|yeah|yep|ok|okay|sure|well|um|erm|er|oh|please|morning|afternoon|evening|good (?:morning|afternoon|evening))\b[\s,.!-]*)*"
    r"(?:(?:my|the|full|first|preferred|real|actual) ?)*(?:name'?s?|names?|surname|nickname)?\b\s*(?:is|are|was|would be|:|=|-)?\s*"
    r"(?:(?:you|u|ya|they|people|everyone|everybody|friends|folk|most people|my friends|my mates|mates) (?:can |all |usually |mostly |just |do )*(?:call|calls|called) me\s+|"
    r"(?:just |please |you can |u can |can you |pls )*(?:call|use|put|say|write|try) (?:me |it |down ){0,2}(?:as )?|(?:i )?(?:am |m )?(?:known|called|named|go by|goes by|going by|answer to|prefer(?: to be called)?|like(?: to be called)?|would like(?: to be called)?|get|use)(?: as| by| to)?(?: the name)?\s+|"
    r"(?:i'?m|im|i am|its|it's|it is|this is|that's|thats|it'?d be|just|only|me|mr\.? name is|am)\b\s*)*",
    re.IGNORECASE,
)
_BUT_CALL_ME = re.compile(
    r"\b(?:but|though|although|and|or|please|so|,)?\s*(?:(?:everyone|everybody|people|friends|most people|they|my mates|mates|folk|you can|u can|please|just|my friends|all|family)\s+)*(?:calls?|known as|goes by|go by|prefers?|likes?)\s+(?:me\s+|to be called\s+|to be\s+|as\s+)?(?P<name>[^\d,.()]+)",
    re.IGNORECASE,
)
_SHORTENED = re.compile(
    r"^(?P<long>[\w' -]+?),? (?:but|or|though) (?P<name>[\w'-]+)(?:'s| is| will| would)?(?: (?:be|is|do))? (?:fine|ok|okay|better|good|easier|great|do|best|preferred)",
    re.IGNORECASE,
)
_FOR_SHORT = re.compile(r"^[\w' -]+?, ?(?:or |but )?(?P<name>[\w'-]+) for short\b", re.IGNORECASE)
_BOND = re.compile(r"\b(?P<last>[\w'-]{2,}), (?P<name>[\w'-]+ (?P=last))\b", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?")
_TITLE = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|mx|dr|doctor|prof|professor|sir|dame|rev|reverend|fr|father|sister|master|lady|lord|capt|sgt|cllr|nurse)\b\.?\s+)+(?=\S)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[\s,.;:!-]+(?:please|pls|plz|thanks|thank you|thankyou|ta|cheers|here|x+|is fine|is ok|is okay|will do|is good|works|lol|haha|duck|mate|she|her|he|him|they|them|she/her|he/him|they/them|for short|short for .*|with an? \w+(?: not an? \w+)?|(?:that'?s |it'?s )?(?:spelt|spelled|pronounced|said like|as in) .*|if (?:you like|that'?s ok|you want|possible|you must)|(?:is )?my name|by the way|btw|that'?s me|speaking|i guess|i suppose|only|of course))+[\s.!,]*$",
    re.IGNORECASE,
)  # fmt: skip
_ASIDE = re.compile(
    r"\([^)]*\)|\[[^\]]*\]|,\s*(?:his|her|their|the|a|an|from|aged|age|i'm|im|dob|born|and|but|why|that's|thats|mum|dad|carer|\d).*$|\s-\s.*$",
    re.IGNORECASE,
)
_SURNAME_FIRST = re.compile(
    r"^(?:surname|last name|family name)\W+(?P<last>[\w'-]+)\W+(?:and )?(?:first|fore|given)\W?(?:name)?\W+(?P<first>[\w'-]+)",
    re.IGNORECASE,
)
_FIRST_LAST = re.compile(
    r"^(?:first name|forename|given name)\W+(?P<first>[\w'-]+)\W+(?:and )?(?:surname|last name|family name)\W+(?P<last>[\w'-]+)",
    re.IGNORECASE,
)
_NOT_A_NAME = frozenset(
    ["a", "about", "afraid", "again", "all", "alone", "already", "am", "an", "angry", "anxious", "appointment", "are", "asking", "at", "awful", "bad", "be", "been", "bit", "bored", "busy", "calling", "can", "cant", "carer", "chatting", "complicated", "confidential", "confused", "difficult", "embarrassing", "hard", "personal", "private", "secret", "urgent", "could", "crying", "day", "depressed", "did", "do", "does", "doing", "done", "dont", "down", "feel", "feeling", "fine", "for", "from", "get", "give", "good", "got", "had", "has", "have", "hello", "help", "her", "here", "him", "his", "how", "hungry", "hurt", "i", "ill", "in", "is", "it", "just", "know", "late", "like", "little", "lonely", "lost", "low", "mad", "me", "mental", "my", "need", "nervous", "no", "not", "now", "number", "of", "ok", "okay", "on", "one", "or", "ready", "really", "ringing", "sad", "scared", "she", "should", "sick", "sleepy", "so", "sorry", "still", "stressed", "struggling", "suicidal", "sure", "talk", "that", "the", "their", "them", "there", "they", "think", "this", "tired", "to", "too", "trying", "typing", "unhappy", "unwell", "upset", "very", "waiting", "want", "was", "we", "well", "were", "what", "when", "where", "who", "why", "will", "with", "work", "worried", "would", "yes", "you", "your", "yet", "nobody", "nothing", "none", "idk", "whatever", "anything", "anyone", "something", "someone", "human", "person", "robot", "bot", "stop", "why"]
)  # fmt: skip
_PARTICLES = frozenset(
    [
        "van",
        "der",
        "den",
        "de",
        "la",
        "le",
        "du",
        "di",
        "da",
        "al",
        "bin",
        "binti",
        "ibn",
        "von",
        "el",
        "y",
    ]
)


def read_name(text: str) -> Reading:
    """What to call them: no title, no words around it, capitals where none or only were typed."""
    shown = typed(text)
    for ordered in (_SURNAME_FIRST.match(shown), _FIRST_LAST.match(shown)):
        if ordered:
            return ok(_cased(f"{ordered['first']} {ordered['last']}"))
    words = plain(text)
    refused = no_value(text, cues=".*")
    if refused.status in {FieldStatus.DECLINED, FieldStatus.NOT_APPLICABLE} or is_question(text):
        return refused
    if phrase_lists()["human_request"].found(words) or phrase_lists()["unknown"].whole(words):
        return refused
    if re.search(r"\d", shown) and not re.search(r"[^\W\d_]{2}", shown):
        return INVALID
    twice = _BOND.search(shown)
    return _named(twice["name"] if twice else _chosen(shown))


def _chosen(shown: str) -> str:
    short = _SHORTENED.match(shown) or _FOR_SHORT.match(shown)
    called = _BUT_CALL_ME.search(shown)
    if short:
        return short["name"]
    if called and called.start() > 0 and re.search(r"\w", shown[: called.start()]):
        return called["name"]
    return shown


def _named(shown: str) -> Reading:
    name = _ASIDE.sub("", _LEAD_IN.sub("", shown, count=1))
    name = _TITLE.sub("", _TAIL.sub("", name.strip(" .,!\"'-:;")).strip(' .,!":;'))
    if "," in name and len(name.split()) == len(("last", "first")):
        last, first = (part.strip() for part in name.split(",", 1))
        name = f"{first} {last}"
    name = "".join(sign if _fits_a_name(sign) else " " for sign in name)
    name = re.sub(r"\s+", " ", name).strip(" .-'")
    return _judged(name, shown=shown)


def _fits_a_name(sign: str) -> bool:
    return sign.isalnum() or sign in "'.-" or unicodedata.category(sign).startswith("M")


def _judged(name: str, *, shown: str) -> Reading:
    words = name.lower().replace("'", "").split()
    if not words:
        return no_value(shown, cues="name|call")
    if re.search(r"\d{3}", name):
        return INVALID
    common = [word for word in words if word in _NOT_A_NAME and words != ["will"]]
    if (words[0].endswith("ing") and len(words) > 1) or len(words) > MOST_WORDS or len(common) > 1:
        return NOT_AN_ANSWER
    if common and len(words) > len(common) + 1:
        return NOT_AN_ANSWER
    if common or re.search(r"'s\b", name) or len(name) > LONGEST_NAME:
        return UNCLEAR
    return ok(_cased(name))


def _cased(name: str) -> str:
    if _INITIALS.fullmatch(name):
        return name.upper()
    if name != name.lower() and name != name.upper():
        return name
    if name == name.upper() and len(name) <= len("JJ"):
        return name
    return " ".join(_cased_word(word, at=place) for place, word in enumerate(name.lower().split()))


def _cased_word(word: str, *, at: int) -> str:
    if at and word in _PARTICLES:
        return word
    parts = re.split(r"([-'])", word)
    cased = "".join(part[:1].upper() + part[1:] for part in parts)
    return re.sub(r"'S$", "'s", cased)


_TYPED_LEAD_IN = re.compile(
    r"^(?:(?:yes|yeah|hi|hello|um|erm|well|ok|oh|i think|think|probably|maybe|currently|now)\b[\s,]*)*"
    r"(?:(?:i'?m|im|i am|we'?re|she'?s|he'?s|they'?re)? ?(?:with|at|under|registered (?:with|at|to|in)|signed up (?:with|at|to)|go to|goes to|attend|use|see|seeing|been seeing|seen by|sees|belong to|over at|a patient (?:at|of|with))\s+|"
    r"(?:i )(?:go to|see|use|attend|belong to)\s+|(?:my |the |our |his |her )?(?:gp|doctor|doctors|surgery|practice|gp surgery|gp practice|team|worker|key ?worker|nurse|cpn|care ?coordinator|psychiatrist|consultant)(?:'s)? (?:is|are|was|called|name is)\s+(?:called |at )?|"
    r"(?:it'?s|its|it is|that'?s|they'?re|called|is|the one called|it'?s called|its called)\s+(?:called |the (?=[a-z]))?)+",
    re.IGNORECASE,
)
_TYPED_TAIL = re.compile(
    r"[\s,.-]*\b(?:i think (?:s?he'?s|it'?s|they'?re|that'?s)(?: called)?|i think|i believe|i guess|if i remember|please|pls|thanks|ta|cheers|as far as i know|maybe|probably|or something(?: like that)?|or similar|not sure|x+)[\s.!?]*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:(?:the|an?|my|our) )(?=\S)(?:(?:lady|man|guy|woman|bloke|girl|person|someone|lad) (?:called|named|there called) )?|"
    r"^(?:lady|man|guy|woman|bloke|girl|person|someone|lad) (?:called|named) "
)
_SURGERY_CUES = (
    "gp|dr|doctors?|surgery|practice|health|medical|centre|clinic|road|street|near|by|same"
)
_TEAM_CUES = "team|worker|nurse|doctor|dr|clinic|unit|service|centre|cpn|camhs|cmht|psych\\w*|therap\\w*|see|crisis|hospital|ward|memory|coordinator|consultant|facilitator|counsell\\w*|same"


_SENTENCE_WORDS = frozenset(
    re.findall(
        r"\w+",
        "i im ive id ill me my we you your youre he hes she shes they its am was were is are do dont did "
        "cant cannot want need feel feeling feels have has had lost get got going help please",
    )
)


_NO_REFUSAL = {FieldStatus.UNCLEAR, FieldStatus.NOT_AN_ANSWER}
_NO_PRACTICE_NAMED = re.compile(
    r"(?:(?:the|a|my|our|local|usual|same|one|nearest|new|old|normal|nhs|gp|doctors?|dr|surgery|practice|medical|health|centre|center|clinic|family|general)(?: |$))+"
)


def read_gp_practice(text: str) -> Reading:
    """The practice as the list has it, else what was typed; "the doctors" names none."""
    listed = PracticeList.load().name_of(typed(text))
    if listed and not is_question(text) and no_value(text).status in _NO_REFUSAL:
        return ok(listed)
    read = _as_typed(text, cues=_SURGERY_CUES)
    if read.status is not FieldStatus.OK:
        return read
    if _NO_PRACTICE_NAMED.fullmatch(plain(read.value)):
        return UNCLEAR
    return ok(PracticeList.load().name_of(read.value) or read.value)


def read_team_or_worker(text: str) -> Reading:
    return _as_typed(text, cues=_TEAM_CUES)


def _as_typed(text: str, *, cues: str) -> Reading:
    """What is left when the words around it are taken off; a refusal or a question yields none."""
    shown = typed(text)
    if not re.search(r"\w", shown):
        return UNCLEAR
    refused = no_value(text)
    if refused.status is not FieldStatus.UNCLEAR and (
        refused.status is not FieldStatus.NOT_AN_ANSWER
        or not re.search(rf"(?i)\b(?:{cues})\b", shown)
    ):
        return refused
    if is_question(text) and not re.search(r"(?i)is it |i think|called", shown):
        return NOT_AN_ANSWER
    name = shown
    for _ in range(2):
        name = _TYPED_TAIL.sub("", _TYPED_LEAD_IN.sub("", name, count=1)).strip(" .,!?\"'")
        name = _ARTICLE.sub("", name)
    unknown = phrase_lists()["unknown"].whole(plain(text)) or phrase_lists()["unknown"].whole(
        plain(name)
    )
    trails_off = re.search(r"\b(?:dont know|no idea|not sure|cant remember)$", plain(text))
    if unknown or trails_off or not re.search(r"[^\W\d_]{2}", name) or len(name) > LONGEST_NAME * 2:
        return UNCLEAR
    return ok(name) if _can_be_a_name(name, cues=cues) else NOT_AN_ANSWER


def _can_be_a_name(name: str, *, cues: str) -> bool:
    """A name of a team, a place or a person; not a sentence about something else."""
    if re.search(rf"(?i)\b(?:{cues})\b", name):
        return True
    words = plain(name).split()
    return len(words) <= MOST_WORDS and not _SENTENCE_WORDS.intersection(words)


def read_free_text(text: str) -> Reading:
    """Their own words as typed; a refusal, a blank or "don't know" yields none."""
    shown = text.strip()
    words = plain(text)
    lists = phrase_lists()
    if not re.search(r"\w", words):
        return UNCLEAR
    short = len(words.split()) <= MOST_WORDS
    if short and (lists["declined"].whole(words) or lists["bare_no"].whole(words)):
        return no_value(text)
    if short and (lists["unknown"].whole(words) or lists["not_applicable"].whole(words)):
        return no_value(text)
    if lists["human_request"].found(words) or (short and is_question(text)):
        return NOT_AN_ANSWER
    return ok(shown[:LONGEST_TEXT])
