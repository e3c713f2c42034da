"""Examples for the OpenAPI document, in our own words; a test holds them to the models."""

from typing import Any

AT = "2026-03-14T18:20:00Z"

WATCH = {
    "id": "ain-issa",
    "name": {"ar": "عين عيسى", "en": "Ain Issa"},
    "center": [36.3837, 38.8629],
    "radius_km": 15,
    "aliases": ["Ayn Issa", "Ein Issa"],
    "landmarks": ["صوامع الشركراك"],
}
WATCH_FILE = {"watches": [WATCH]}

STATE = {
    "watch_id": "ain-issa",
    "version": 7,
    "level": "elevated",
    "escalation": 4.2,
    "trend": 1.1,
    "reasons": [{"rule": "incident", "value": 4.2, "incident_id": "5d0c6c1f", "detail": "shelling"}],
    "updated_at": AT,
    "last_article_at": AT,
}
WATCHED = {"watch": WATCH, "state": STATE, "version": 3}
WATCH_LIST = {"version": 3, "watches": [WATCHED]}

CLAIM = {
    "source": "sample.marsad",
    "publisher_family": "sample.marsad",
    "attribution": "مصدر طبي",
    "type": "shelling",
    "killed": {"low": 3, "high": 3},
    "quote": "سقط ثلاثة قتلى في قصف مدفعي على سوق البلدة",
    "article_id": "0f3a9c",
    "article_version": 1,
    "url": "https://sample.marsad/2",
    "observation_id": "b81e44",
    "at": AT,
}
INCIDENT_SUMMARY = {
    "id": "5d0c6c1f",
    "watch_id": "ain-issa",
    "family": "strike",
    "direction": "escalating",
    "status": "open",
    "level": "elevated",
    "revision": 1,
    "types": ["shelling"],
    "places": ["عين عيسى"],
    "killed": {"low": 3, "high": 3},
    "confidence": 0.82,
    "sources": 1,
    "title": "قصف مدفعي على سوق عين عيسى",
    "event_at": AT,
    "opened_at": AT,
    "last_report_at": AT,
}
INCIDENT = {**INCIDENT_SUMMARY, "claims": [CLAIM], "observation_ids": ["b81e44"]}
INCIDENT_PAGE = {"incidents": [INCIDENT_SUMMARY], "next": None}

ALERT = {
    "alert_id": "c7d2a0",
    "watch_id": "ain-issa",
    "watch_name": WATCH["name"],
    "incident_id": "5d0c6c1f",
    "revision": 1,
    "kind": "opened",
    "level": "elevated",
    "direction": "escalating",
    "article_id": "0f3a9c",
    "at": AT,
    "signals": ["shelling"],
    "reason": "new_event",
    "quotes": [
        {
            "quote": CLAIM["quote"],
            "type": "shelling",
            "source": "sample.marsad",
            "attribution": "مصدر طبي",
            "title": INCIDENT_SUMMARY["title"],
            "url": CLAIM["url"],
            "article_id": "0f3a9c",
            "lang": "ar",
            "published_at": AT,
        }
    ],
    "places": ["عين عيسى"],
    "killed": {"low": 3, "high": 3},
    "sources": 1,
    "confidence": 0.82,
    "expires_at": "2026-03-15T18:20:00Z",
}
NUMBERED = {"seq": 12, "alert": ALERT}
ALERT_PAGE = {"alerts": [NUMBERED], "next": None}
NOTIFICATION = {
    "id": "9f2b71",
    "alert_id": "c7d2a0",
    "subscription_id": "desk",
    "status": "sent",
    "reason": "level_reached",
    "sound": True,
    "attempts": 1,
    "created_at": AT,
    "updated_at": AT,
}
NOTIFIED = {**NUMBERED, "notifications": [NOTIFICATION]}

ARTICLE = {
    "id": "0f3a9c",
    "version": 1,
    "source": "sample.marsad",
    "url": "https://sample.marsad/2",
    "lang": "ar",
    "title": INCIDENT_SUMMARY["title"],
    "text": "سقط ثلاثة قتلى في قصف مدفعي على سوق البلدة، بحسب مصدر طبي.",
    "published_at": AT,
    "first_seen_at": AT,
    "sample": True,
}


def of(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's place for the example of a good answer."""
    return {200: {"content": {"application/json": {"example": example}}}}
