"""SensorThings as a client sees it that we did not write: Fraunhofer's frost_sta_client reads a hub with the devices of
tests/whole/sta.rs. It prints what it found as one JSON object; the test compares. Arguments: address, key."""

import json
import sys

import frost_sta_client as fsc


class Bearer(fsc.AuthHandler):
    """The client knows user and password only; what it hands to `requests` may be any callable."""

    def __init__(self, key):
        super().__init__()
        self.key = key

    def add_auth_header(self):
        def add(request):
            request.headers["Authorization"] = "Bearer " + self.key
            return request

        return add


def readings(query):
    return [(o.phenomenon_time, o.result) for o in query.list()]


def refused(query):
    try:
        query.list()
    except Exception as error:  # requests' own
        return [error.response.status_code, error.response.json()["code"], error.response.json()["detail"]]
    return None


service = fsc.SensorThingsService(sys.argv[1], auth_handler=Bearer(sys.argv[2]))
thing = service.things().find("R-1")
stream = thing.get_datastreams().query().filter("properties/metric eq 'level'").list().get(0)
found = service.datastreams().find(stream.id)
everything = stream.get_observations().query()
counted = stream.get_observations().query().count().top(1).list()
newest = stream.get_observations().query().orderby("phenomenonTime").top(1).list().get(0)  # its default is DESC
full = (
    service.things()
    .query()
    .filter("startswith(@iot.id,'R-')")
    .orderby("@iot.id", "asc")
    .expand("Locations,Datastreams($orderby=id;$expand=ObservedProperty,Sensor,Observations($top=2;$orderby=phenomenonTime desc))")
    .list()
)
same = service.observations().find(newest.id)

print(json.dumps({
    "things": sorted(t.id for t in service.things().query().top(1).list()),
    "thing": [thing.name, thing.properties["state"], thing.properties["theme"]],
    "datastream": [found.name, found.unit_of_measurement.symbol, found.observation_type],
    "count": counted.count,
    "newest": [newest.result, same.result, same.phenomenon_time == newest.phenomenon_time],
    "all": readings(everything.orderby("phenomenonTime", "asc").top(7)),
    "between": readings(stream.get_observations().query().filter("result gt 20 and result lt 24").orderby("result", "asc")),
    "expanded": [
        [
            t.id,
            [list(place.location["coordinates"]) for place in (t.locations or [])],
            [
                [d.observed_property.name, d.sensor.name, [o.result for o in d.observations.entities]]
                for d in t.datastreams
            ],
        ]
        for t in full
    ],
    "sensors": len([s for s in service.sensors().query().list() if s.metadata]),
    "properties": [p.definition for p in service.observed_properties().query().filter("name eq 'x'").list()],
    "locations": [place.name for place in service.locations().query().list()],
    "features": [feature.id for feature in service.features_of_interest().query().list()],
    "past": len(list(service.historical_locations().query().list())),
    "refused": refused(service.things().query().filter("nmae eq 'x'")),
}, ensure_ascii=False))
