"""Rules by name: what an alert gives as its `reason`, and what a near miss was held back by."""

from enum import StrEnum


class Fired(StrEnum):
    """Why an alert went out."""

    NEW_EVENT = "new_event"
    FIRST_FRESH_REPORT = "first_fresh_report"
    ACTIVITY_RESUMED = "activity_resumed"
    REPORTED_AGAIN = "reported_again"
    LEVEL_UP = "level_up"
    CASUALTY_BAND = "casualty_band"
    NEW_MEANS = "new_means"
    NEW_ACTOR = "new_actor"
    CAPTURED = "captured"
    SPREAD = "spread"
    EASING_REPORTED = "easing_reported"
    EASING_ADVANCED = "easing_advanced"
    CASUALTIES_REVISED = "casualties_revised"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    POSSIBLE_EVENT = "possible_event"
    NO_NEWS = "no_news"
    NO_NEWS_RESOLVED = "no_news_resolved"
    NO_COVERAGE = "no_coverage"
    WITHDRAWN_BY_SOURCE = "withdrawn_by_source"
    DENIED_BY_SOURCE = "denied_by_source"
    OPERATOR = "operator"
    SAME_EVENT = "same_event"
    SCORE_ROSE = "score_rose"
    SCORE_FELL = "score_fell"
    CONTESTED = "contested"
    SOURCES_SILENT = "sources_silent"
    SOURCES_BACK = "sources_back"


class Held(StrEnum):
    """Why something did not become an alert."""

    BACKGROUND = "background"
    IN_PASSING = "in_passing"
    NOTHING_SEEN = "nothing_seen"
    LOW_CONFIDENCE = "low_confidence"
    OLD_EVENT = "old_event"
    ELSEWHERE = "elsewhere"
    DENIAL_OF_NOTHING = "denial_of_nothing"
    POSSIBLE_EASING = "possible_easing"
    POSSIBLE_UNSURE = "possible_unsure"
    WARNED_ALREADY = "warned_already"
    POSSIBLE_OF_OPEN = "possible_of_open_event"
    TOLD_WITH_THREAT = "told_with_threat"
    BACKLOG = "backlog"
    LATE = "late"
    REPRINT = "reprint"
    NOTHING_NEW = "nothing_new"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    AFTERMATH = "aftermath"
    RETRACTED = "retracted"
    NOTHING_HERE = "nothing_here"


MEANING: dict[str, str] = {
    Fired.NEW_EVENT: "a report that no open incident accounts for",
    Fired.FIRST_FRESH_REPORT: "first report in time about an incident that a backlog had built silently",
    Fired.ACTIVITY_RESUMED: "a closed incident's activity is reported again within 72 hours",
    Fired.REPORTED_AGAIN: "a retracted incident is reported by another publisher",
    Fired.LEVEL_UP: "the incident's points reached the next level",
    Fired.CASUALTY_BAND: "the dead reached the next band: 1-9, 10-49, 50 and more",
    Fired.NEW_MEANS: "a class of weapon not reported of it before, where another was",
    Fired.CAPTURED: "the watched place is said to be taken, or the first part of the watch in this incident",
    Fired.NEW_ACTOR: "another camp fires than was reported of it before",
    Fired.SPREAD: "a part of the watch 4 km and more from all that were reported of it, under a name not told before",
    Fired.EASING_REPORTED: "truce, withdrawal, talks or release reported while it is open",
    Fired.EASING_ADVANCED: "a further step of easing: truce, agreement, withdrawal, relief",
    Fired.CASUALTIES_REVISED: "more killed or injured than were known, within the band",
    Fired.DISPUTED: "a report denies it",
    Fired.CONFIRMED: "a second independent publisher reports it",
    Fired.POSSIBLE_EVENT: "an escalating event is threatened, planned or expected here",
    Fired.NO_NEWS: "no report for its family's quiet time",
    Fired.NO_NEWS_RESOLVED: "no report for its family's resolve time, with the sources alive",
    Fired.NO_COVERAGE: "no report, and no known source to judge the silence by",
    Fired.WITHDRAWN_BY_SOURCE: "every article that reported it was withdrawn or changed",
    Fired.DENIED_BY_SOURCE: "its only publisher denies it now",
    Fired.OPERATOR: "the operator decided, with the reason in detail",
    Fired.SAME_EVENT: "a late report showed that two incidents are one",
    Fired.SCORE_ROSE: "the watch's escalation score reached the next level",
    Fired.SCORE_FELL: "the watch's escalation score fell below its level's hysteresis",
    Fired.CONTESTED: "the watch escalates and eases at once",
    Fired.SOURCES_SILENT: "most of what reports on the watch has fallen silent",
    Fired.SOURCES_BACK: "what reports on the watch speaks again",
    Held.BACKGROUND: "history, context or what is done again and again, not this news cycle",
    Held.IN_PASSING: "a truce or talks named only for what happens despite them, or before or after them",
    Held.NOTHING_SEEN: "says that nothing was seen or reported, which denies nothing told before",
    Held.LOW_CONFIDENCE: "not sure enough to be read, or to open an incident",
    Held.OLD_EVENT: "the text dates the event too far back, or well before the news beside it",
    Held.ELSEWHERE: "the watched place only says where another place, outside, lies",
    Held.DENIAL_OF_NOTHING: "denies what no incident reports",
    Held.POSSIBLE_EASING: "an easing event that has not happened warns of nothing",
    Held.POSSIBLE_UNSURE: "a possible event, not sure enough for a heads-up",
    Held.WARNED_ALREADY: "the same warning was given lately",
    Held.POSSIBLE_OF_OPEN: "an open incident of the family says more than its possibility",
    Held.TOLD_WITH_THREAT: "the same article's threat of it is told already",
    Held.BACKLOG: "older than the lateness when first seen: builds state, never pages",
    Held.LATE: "later than the lateness allows: it may revise what is known, and opens nothing aloud",
    Held.REPRINT: "joined silently: the same text in another place or under another headline",
    Held.NOTHING_NEW: "joined silently: it adds nothing that an alert would say",
    Held.DUPLICATE: "this observation was handled before",
    Held.SUPERSEDED: "a newer version of the article was handled before",
    Held.AFTERMATH: "joined silently: it reacts to what is known, or tells what came after it",
    Held.RETRACTED: "joined silently: the incident was retracted",
    Held.NOTHING_HERE: "no signal of the article is at this watch",
}
"""Each rule in words, for `marsad explain` and docs/incidents.md."""
