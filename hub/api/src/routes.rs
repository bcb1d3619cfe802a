//! The one table of routes: method, path, handler, access, object. The router, the OpenAPI document, the authorisation test
//! and its page are made from it; a route that is not here does not exist.

use chengshu_access::{Access, Act, Right};

use crate::account;
use crate::export as readings_export;
use crate::register::{contact, device, export, find, history, import, maintenance, messages, parts, photos};
use crate::route::{Media, Object, Route, RouteInfo, Sent, act, delete, get, messages, post, put, upload};
use crate::{
    alarms, backups, broker, corrections, decode, devices, events, health, hours, ingest, kpis, latest, ledger, links,
    metrics, openapi, orders, probe, readings, receivers, rejected, sta, status, stream, themes, unseen,
};

/// The status: short for whoever looks at the city, in full for whoever runs the hub.
const STATUS: Access = Access::NeedsOneOf(&[Right::SeeCity, Right::SeeOperation]);

pub(crate) fn routes() -> Vec<Route> {
    use Access::{Needs, Open};
    use Right::*;
    let mut all = vec![
        get("/healthz", health::healthz, Open, Object::Hub, "Does the process live").answers::<health::HealthView>(),
        get("/readyz", health::readyz, Open, Object::Hub, "Is the hub of use; if not, why")
            .answers::<health::ReadyView>(),
        get("/metrics", metrics::get, Needs(SeeOperation), Object::Hub, "The hub's own counters, Prometheus text")
            .near()
            .media(Media::Text),
        get("/api/v1/openapi.json", openapi::get, Open, Object::Hub, "This document").tagged(),
        get("/api/v1/status", status::get, STATUS, Object::Hub, "What the hub says of itself")
            .answers::<status::StatusView<'_>>(),
        get("/api/v1/themes", themes::list, Needs(SeeCity), Object::Theme, "Themes: kinds, rules, key figures")
            .answers::<themes::ThemeList<'_>>()
            .tagged(),
        get("/api/v1/kpis", kpis::list, Needs(SeeCity), Object::Theme, "Key figures with their trends")
            .params::<kpis::KpiParams>()
            .answers::<kpis::KpiList<'_>>()
            .tagged(),
        get("/api/v1/devices", devices::list, Needs(SeeCity), Object::Device, "Devices, their places and states")
            .params::<find::DeviceQuery>()
            .answers::<devices::DevicePage<'_>>()
            .tagged(),
        get(
            "/api/v1/devices/{id}",
            device::get,
            Needs(SeeCity),
            Object::Device,
            "A device with its values and its entry",
        )
        .answers::<device::DeviceDetail<'_>>(),
        put::<device::EntryPut, _, _>(
            "/api/v1/devices/{id}",
            device::put,
            Needs(EditRegister),
            Object::Device,
            "Make or change the entry of a device",
        )
        .answers::<device::DeviceDetail<'_>>()
        .matched()
        .audited(Act::RegisterChange),
        delete(
            "/api/v1/devices/{id}",
            device::retire,
            Needs(EditRegister),
            Object::Device,
            "Take a device out of service",
        )
        .audited(Act::RegisterChange),
        get(
            "/api/v1/devices/{id}/history",
            history::list,
            Needs(SeeWork),
            Object::Device,
            "Who changed the entry of a device",
        )
        .params::<history::HistoryParams>()
        .answers::<history::ChangePage>(),
        post::<contact::RevealBody, _, _>(
            "/api/v1/devices/{id}/contact",
            contact::reveal,
            Needs(Unmask),
            Object::Device,
            "Whom to call about a device, in clear: for a purpose and with a reason",
        )
        .answers::<contact::RevealView>()
        .tells(Act::Unmask),
        get(
            "/api/v1/devices/{id}/photos",
            photos::list,
            Needs(SeeCity),
            Object::Device,
            "Photos of a device, newest first",
        )
        .answers::<photos::PhotoList>(),
        upload(
            "/api/v1/devices/{id}/photos",
            photos::add,
            Needs(AddPhoto),
            Object::Device,
            Sent::Picture,
            "Add a photo to a device: JPEG, PNG or WebP",
        )
        .answers::<photos::PhotoView>()
        .audited(Act::PhotoAdd),
        get("/api/v1/devices/{id}/photos/{hash}", photos::get, Needs(SeeCity), Object::Device, "A photo of a device")
            .media(Media::Picture),
        delete(
            "/api/v1/devices/{id}/photos/{hash}",
            photos::remove,
            Needs(EditRegister),
            Object::Device,
            "Delete a photo of a device",
        )
        .audited(Act::PhotoDelete),
        get(
            "/api/v1/devices/{id}/messages",
            messages::list,
            Needs(SeeRaw),
            Object::Device,
            "Raw messages of a device since somebody began to look",
        )
        .answers::<messages::MessageList>()
        .audited(Act::RawSeen),
        get(
            "/api/v1/parts",
            parts::list,
            Needs(SeeCity),
            Object::Device,
            "Areas, groups, departments and makers in the register",
        )
        .answers::<parts::PartList>()
        .tagged(),
        get(
            "/api/v1/maintenance",
            maintenance::get,
            Needs(SeeWork),
            Object::Device,
            "Where devices are silent, and whose battery is next",
        )
        .params::<maintenance::MaintenanceParams>()
        .answers::<maintenance::MaintenanceView>(),
        upload(
            "/api/v1/import/devices",
            import::devices,
            Needs(EditRegister),
            Object::Device,
            Sent::Table,
            "Bring a table of devices into the register",
        )
        .params::<import::ImportParams>()
        .answers::<import::ImportReport>()
        .audited(Act::RegisterImport)
        .costs(20),
        get("/api/v1/export/devices", export::devices, Needs(Export), Object::Device, "The register as a table")
            .params::<find::DeviceQuery>()
            .media(Media::Table)
            .audited(Act::Export)
            .costs(20),
        get("/api/v1/devices/{id}/latest", latest::one, Needs(SeeCity), Object::Device, "Latest values of a device")
            .answers::<latest::LatestView<'_>>(),
        get("/api/v1/latest", latest::list, Needs(SeeCity), Object::Device, "Latest values of many devices")
            .params::<find::DeviceQuery>()
            .answers::<latest::LatestPage<'_>>(),
        get(
            "/api/v1/readings",
            readings::list,
            Needs(SeeCity),
            Object::Reading,
            "Readings of a series, raw or in buckets",
        )
        .params::<readings::ReadingParams>()
        .answers::<readings::ReadingPage>(),
        post::<readings::ManyReadings, _, _>(
            "/api/v1/readings/query",
            readings::many,
            Needs(SeeCity),
            Object::Reading,
            "Readings of up to 200 series at once; one that does not exist has an error of its own",
        )
        .answers::<readings::ReadingsOfMany>()
        .costs(5),
        get(
            "/api/v1/export/readings",
            readings_export::readings,
            Needs(Export),
            Object::Reading,
            "Readings as a file, of a day, a department, a theme, a device",
        )
        .params::<readings_export::ExportParams>()
        .media(Media::Readings)
        .audited(Act::Export)
        .costs(20),
        get("/api/v1/alarms", alarms::list, Needs(SeeCity), Object::Alarm, "Alarms, newest first")
            .params::<alarms::AlarmParams>()
            .answers::<alarms::AlarmPageView<'_>>(),
        get(
            "/api/v1/events",
            events::list,
            Needs(SeeCity),
            Object::Event,
            "Events that devices reported, newest first",
        )
        .params::<events::EventParams>()
        .answers::<events::EventPage>(),
        get("/api/v1/links", links::list, Needs(SeeOperation), Object::Link, "Links to the outside")
            .answers::<links::LinkList<'_>>(),
        get(
            "/api/v1/rejected",
            rejected::list,
            Needs(SeeOperation),
            Object::Rejected,
            "Input that was set aside, newest first",
        )
        .params::<rejected::RejectedParams>()
        .answers::<rejected::RejectedPage>(),
        post::<rejected::ReplayOrder, _, _>(
            "/api/v1/rejected/replay",
            rejected::replay,
            Needs(Replay),
            Object::Rejected,
            "Try again what was set aside",
        )
        .answers::<rejected::ReplayView>()
        .audited(Act::Replay)
        .costs(10),
        messages::<ingest::IngestBody, _, _>(
            "/api/v1/ingest",
            ingest::items,
            Needs(Ingest),
            "Send messages that name their devices; answered when they are durable",
        ),
        messages::<ingest::AnyJson, _, _>(
            "/api/v1/ingest/{theme}/{device}/{type}",
            ingest::message,
            Needs(Ingest),
            "Send what would be the payload of city/{theme}/{device}/{type} in MQTT",
        ),
        messages::<ingest::AnyJson, _, _>(
            "/push/{*rest}",
            ingest::push,
            Needs(Ingest),
            "Send what a platform pushes, in its own form; a declared mapping reads it",
        ),
        get(
            "/api/v1/ledger",
            ledger::adapters,
            Needs(SeeOperation),
            Object::Ledger,
            "What was received, and what became of it",
        )
        .answers::<ledger::LedgerView>(),
        get(
            "/api/v1/ledger/devices",
            ledger::devices,
            Needs(SeeOperation),
            Object::Ledger,
            "The same by device, for a day",
        )
        .params::<ledger::LedgerDeviceParams>()
        .answers::<ledger::LedgerDevicePage>(),
        get(
            "/api/v1/unseen",
            unseen::list,
            Needs(SeeWork),
            Object::Device,
            "What cannot be seen now, since when, and why",
        )
        .params::<unseen::UnseenParams>()
        .answers::<unseen::UnseenPage<'_>>(),
        get(
            "/api/v1/hours",
            hours::list,
            Needs(SeeCity),
            Object::Reading,
            "Hours of one metric of all devices of a theme",
        )
        .params::<hours::HoursParams>()
        .answers::<hours::HoursView>(),
        get("/api/v1/corrections", corrections::list, Needs(SeeWork), Object::Correction, "Corrections, newest first")
            .params::<corrections::CorrectionParams>()
            .answers::<corrections::CorrectionPage>(),
        post::<corrections::NewCorrection, _, _>(
            "/api/v1/corrections",
            corrections::correct,
            Needs(Correct),
            Object::Correction,
            "Change or withdraw a reading; the old value is kept",
        )
        .answers::<corrections::CorrectionDone>()
        .audited(Act::Correction),
        get(
            "/api/v1/backups",
            backups::get,
            Needs(SeeOperation),
            Object::Hub,
            "Backups of the hub, and whether they can be restored",
        )
        .answers::<backups::BackupsView>(),
        act(
            "/api/v1/probe",
            probe::probe,
            Needs(SeeOperation),
            Object::Hub,
            "Send a known reading once more, for a check",
        )
        .answers::<probe::ProbeView>(),
        get(
            "/api/v1/devices/{id}/commands",
            orders::kinds,
            Needs(SeeWork),
            Object::Command,
            "What a device can be asked",
        )
        .answers::<orders::CommandKinds>(),
        post::<orders::CommandBody, _, _>(
            "/api/v1/devices/{id}/commands",
            orders::ask,
            Needs(Command),
            Object::Command,
            "Ask a device for something; a dangerous command waits for a second person",
        )
        .answers::<orders::CommandDetail>()
        .audited(Act::CommandAsk),
        get("/api/v1/commands", orders::list, Needs(SeeWork), Object::Command, "Commands to devices, newest first")
            .params::<orders::CommandParams>()
            .answers::<orders::CommandPage>(),
        get("/api/v1/commands/{id}", orders::get, Needs(SeeWork), Object::Command, "A command with its journal")
            .answers::<orders::CommandDetail>(),
        post::<orders::PersonBody, _, _>(
            "/api/v1/commands/{id}/approve",
            orders::approve,
            Needs(ApproveCommand),
            Object::Command,
            "Agree to a dangerous command, as a second person",
        )
        .answers::<orders::CommandDetail>()
        .audited(Act::CommandApprove),
        post::<orders::PersonBody, _, _>(
            "/api/v1/commands/{id}/cancel",
            orders::cancel,
            Needs(Command),
            Object::Command,
            "Call off a command that is not sent yet",
        )
        .answers::<orders::CommandDetail>()
        .audited(Act::CommandCancel),
        post::<decode::DecodeBody, _, _>(
            "/api/v1/decode",
            decode::decode,
            Needs(TryFrames),
            Object::Frame,
            "What the hub would make of frames of a field protocol",
        )
        .answers::<decode::DecodeView>(),
        post::<decode::EncodeBody, _, _>(
            "/api/v1/encode",
            decode::encode,
            Needs(TryFrames),
            Object::Frame,
            "How a device would write a frame of a field protocol",
        )
        .answers::<decode::EncodeView>(),
        get("/api/v1/stream", stream::get, Needs(SeeCity), Object::Device, "Live: snapshot, delta and beat events")
            .params::<stream::StreamParams>()
            .answers::<stream::StreamEvents<'_>>()
            .media(Media::Stream),
        get("/sta/v1.1", sta::root, Needs(SeeCity), Object::Reading, "OGC SensorThings 1.1: the way in")
            .answers::<sta::StaRoot>(),
        get("/sta/v1.1/", sta::root, Needs(SeeCity), Object::Reading, "The same").answers::<sta::StaRoot>(),
        get(
            "/sta/v1.1/{*path}",
            sta::get,
            Needs(SeeCity),
            Object::Reading,
            "OGC SensorThings 1.1, e.g. Datastreams(1)/Observations",
        )
        .params::<sta::StaParams>()
        .answers::<sta::StaPage>(),
    ];
    all.extend(receivers::routes());
    all.extend(account::routes());
    all.extend(broker::routes());
    all
}

/// The table, for tests and documents.
#[must_use]
pub fn table() -> Vec<RouteInfo> {
    routes().into_iter().map(|route| route.info).collect()
}
