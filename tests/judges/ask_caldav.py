"""Run by the environment of calendar programs: what python-caldav finds with an address, a name and a password."""

import datetime as dt
import json
import sys

import caldav

url, name, password = sys.argv[1:]
day = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
with caldav.DAVClient(url=url, username=name, password=password) as client:
    calendars = client.principal().calendars()
    first = calendars[0]
    events = first.search(start=day, end=day + dt.timedelta(30), event=True, expand=False)
    everything = first.get_objects_by_sync_token()
    uid = str(events[0].icalendar_component["uid"])
    found = {
        "calendars": [each.get_display_name() for each in calendars],
        "titles": sorted(str(each.icalendar_component["summary"]) for each in events),
        "synced": len(list(everything)),
        "token": everything.sync_token,
        "by uid": str(first.get_event_by_uid(uid).icalendar_component["uid"]) == uid,
        "busy": str(first.freebusy_request(day, day + dt.timedelta(30)).data).count("FREEBUSY"),
    }
print(json.dumps(found))
