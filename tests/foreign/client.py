"""A client of Kith that has no generated code: everything it knows comes from reflection.

    client.py HOST:PORT KEY NOW    (NOW: the server's time, in Unix seconds)

Records a call, reads its own write with min_position, and sends malformed requests: each must be
refused with a reason, the domain "kith" and the field that is wrong.
"""

import sys
import uuid
from datetime import datetime, timezone

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

TARGET, KEY, NOW = sys.argv[1], sys.argv[2], int(sys.argv[3])
DOMAIN = "kith"


def timestamp(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def wire_fields(data):
    """The fields of a message without its schema: numbers and raw values, as protobuf writes them."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        elif tag & 7 == 2:
            size = varint()
            yield tag >> 3, data[at : at + size]
            at += size
        else:
            raise ValueError("google.rpc.Status has no such field")


def details(error):
    """Reason, domain and fields of a refusal, from `grpc-status-details-bin`."""
    trailers = dict(error.trailing_metadata() or ())
    reason = domain = None
    fields = []
    for number, packed in wire_fields(trailers.get("grpc-status-details-bin", b"")):
        if number != 3:  # google.rpc.Status.details
            continue
        detail = dict(wire_fields(packed))
        kind, body = detail[1].decode(), detail[2]
        if kind.endswith("google.rpc.ErrorInfo"):
            info = dict((n, v) for n, v in wire_fields(body) if n in (1, 2))
            reason, domain = info[1].decode(), info[2].decode()
        elif kind.endswith("google.rpc.BadRequest"):
            fields += [dict(wire_fields(v))[1].decode() for _, v in wire_fields(body)]
    return reason, domain, fields


class Kith:
    def __init__(self):
        self.channel = grpc.insecure_channel(TARGET)
        database = ProtoReflectionDescriptorDatabase(self.channel)
        self.services = {s for s in database.get_services() if s.startswith("kith.")}
        self.pool = descriptor_pool.DescriptorPool(database)

    def call(self, service, method, **body):
        found = self.pool.FindServiceByName(service).methods_by_name[method]
        request = message_factory.GetMessageClass(found.input_type)()
        json_format.ParseDict(body, request, descriptor_pool=self.pool)
        answer = message_factory.GetMessageClass(found.output_type)
        path = f"/{service}/{method}"
        calls = self.channel.unary_stream if found.server_streaming else self.channel.unary_unary
        made = calls(path, type(request).SerializeToString, answer.FromString)
        key = (("authorization", f"Bearer {KEY}"),)
        answered = made(request, timeout=20, metadata=key)
        return next(iter(answered)) if found.server_streaming else answered


ADMIN = "kith.admin.v1.AdminService"
OPERATIONS = "kith.admin.v1.OperationsService"
DIRECTORY = "kith.directory.v1.DirectoryService"
INTERACTION = "kith.interaction.v1.InteractionService"
RELATIONSHIP = "kith.relationship.v1.RelationshipService"
FOLLOWUP = "kith.followup.v1.FollowUpService"
HISTORY = "kith.history.v1.HistoryService"
GATHERING = "kith.gathering.v1.GatheringService"
BRIEFING = "kith.gathering.v1.BriefingService"
ENCOUNTER = "kith.gathering.v1.EncounterService"
SERVICES = {ADMIN, OPERATIONS, DIRECTORY, INTERACTION, RELATIONSHIP, FOLLOWUP, GATHERING, BRIEFING, ENCOUNTER, HISTORY}


def call_with(address, **changes):
    moment = {
        "kind": "INTERACTION_KIND_CALL",
        "at": timestamp(NOW - 3600),
        "participants": [{"address": address, "part": "PART_RECIPIENT"}],
    }
    return {**moment, **changes}


def malformed():
    """Service, method, body, and the field that is wrong in it."""
    new = lambda: str(uuid.uuid4())

    def record(field, id=None, **changes):
        body = {"request_id": new() if id is None else id}
        body["interaction"] = call_with("eva@y.org", **changes)
        return INTERACTION, "RecordInteraction", body, field

    yield record("request_id", id="")
    yield record("request_id", id="not-a-uuid")
    yield record("interaction.kind", kind=99)
    yield record("interaction.at", at=timestamp(NOW + 3 * 86400))
    yield record("interaction.at", at=timestamp(-86400))
    yield record("interaction.participants", participants=[])
    yield record("interaction.participants[0]", participants=[{"name": "Eva"}])
    yield record("interaction.participants[0].address", participants=[{"address": "eva"}])
    yield record("interaction.channel", channel="x" * 51)
    yield record("interaction.note", note="x" * 10001)
    yield DIRECTORY, "CreatePerson", {"request_id": new()}, "person"
    yield DIRECTORY, "ListPersons", {"page_size": 1001}, "page_size"
    yield DIRECTORY, "GetPerson", {}, "person"
    yield DIRECTORY, "AddFact", {"request_id": new(), "person_id": "?"}, "fact.kind"
    yield RELATIONSHIP, "GetTie", {"person": "eva@y.org", "horizon_days": 5000}, "horizon_days"
    yield RELATIONSHIP, "ListTies", {"order": 9}, "order"
    yield RELATIONSHIP, "SetSharing", {"request_id": new()}, "target"
    yield RELATIONSHIP, "ExportTies", {"formula": "v0"}, "formula"
    yield FOLLOWUP, "CreateFollowUp", {"request_id": new(), "person_id": "!"}, "due_at"
    yield GATHERING, "CreateGathering", {"request_id": new()}, "gathering.name"
    yield GATHERING, "AddAttendees", {"request_id": new(), "gathering_id": "?"}, "attendees"
    yield BRIEFING, "GetBriefing", {"gathering_id": "?", "format": 9}, "format"
    yield ENCOUNTER, "RecordEncounter", {"request_id": new()}, "named"
    yield ADMIN, "UpdateMember", {"request_id": new()}, "update_mask"
    yield FOLLOWUP, "WatchNotifications", {"resume_token": "made up"}, "resume_token"


def main():
    kith = Kith()
    assert kith.services == SERVICES, kith.services

    body = {"request_id": str(uuid.uuid4()), "interaction": call_with("eva@y.org")}
    recorded = kith.call(INTERACTION, "RecordInteraction", **body)
    again = kith.call(INTERACTION, "RecordInteraction", **body)
    assert again.interaction_id == recorded.interaction_id
    read = kith.call(
        RELATIONSHIP, "GetTie", person="eva@y.org", min_position=recorded.position
    )
    assert read.tie.outgoing == 1, read
    assert read.tie.last_contact.seconds == NOW - 3600, read
    print("recorded, and read its own write")

    refused = 0
    for service, method, body, field in malformed():
        try:
            answer = kith.call(service, method, **body)
        except grpc.RpcError as error:
            reason, domain, fields = details(error)
            told = (method, field, error.code(), reason, domain, fields)
            assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, told
            assert reason in ("FIELDS_INVALID", "POSITION_INVALID"), told
            assert domain == DOMAIN and field in fields, told
            refused += 1
        else:
            raise AssertionError(f"{method} answered {body}: {answer}")
    print(f"{refused} of 25 malformed requests got a reason and a field")


main()
