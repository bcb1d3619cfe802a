//! The one table of routes: method, path, handler, access, object. The router, the OpenAPI document and the
//! authorisation test are made from it; a route that is not here does not exist.

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, delete as delete_method, get as get_method, post as post_method, put as put_method};
use chengshu_access::{Access, Right};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use tower_http::decompression::RequestDecompressionLayer;

use crate::app::App;
use crate::export as readings_export;
use crate::register::{device, export, find, history, import, maintenance, messages, parts, photos};
use crate::{
    alarms, backups, corrections, decode, devices, etag, events, health, hours, ingest, kpis, latest, ledger, links,
    metrics, openapi, orders, readings, rejected, sta, status, stream, themes, unseen, webhooks,
};

/// What kind of object a route is about; access to it is cut to the caller's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// The hub itself.
    Hub,
    /// Themes.
    Theme,
    /// Devices and their latest values.
    Device,
    /// Readings.
    Reading,
    /// Alarms.
    Alarm,
    /// Events.
    Event,
    /// Links.
    Link,
    /// What was set aside.
    Rejected,
    /// The ledger.
    Ledger,
    /// Corrections of readings.
    Correction,
    /// What is sent by HTTP.
    Ingest,
    /// Webhooks and their deliveries.
    Webhook,
    /// Commands to devices.
    Command,
    /// Frames of field protocols, tried by hand.
    Frame,
}

impl Object {
    /// The hub itself, its links and its themes can be told of before the database has answered for the first time, and
    /// what is sent is kept in the spool.
    pub(crate) fn needs_loaded_board(self) -> bool {
        !matches!(self, Self::Hub | Self::Link | Self::Theme | Self::Ingest | Self::Webhook | Self::Frame)
    }

    /// What cannot be cut to a scope: whoever has less than everything is refused.
    pub(crate) fn is_undivided(self) -> bool {
        // a webhook tells of all departments alike
        matches!(self, Self::Webhook)
    }
}

/// What answers come as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Json,
    Text,
    Stream,
    /// A file in one of the formats of tables.
    Table,
    /// A file of readings.
    Readings,
    /// A photo.
    Picture,
    /// No body.
    Nothing,
}

/// What a body comes as.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sent {
    Json(SchemaOf),
    Table,
    Picture,
    /// JSON or NDJSON, perhaps packed with gzip, perhaps under an Idempotency-Key.
    Messages(SchemaOf),
}

/// Bytes of a table at most.
pub(crate) const TABLE_MAX: usize = 10 << 20;
/// Bytes of any other body at most.
const BODY: DefaultBodyLimit = DefaultBodyLimit::max(1 << 20);

/// The status: short for whoever looks at the city, in full for whoever runs the hub.
const STATUS: Access = Access::NeedsOneOf(&[Right::SeeCity, Right::SeeOperation]);

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

pub(crate) struct Route {
    pub(crate) info: RouteInfo,
    pub(crate) handler: MethodRouter<App>,
    pub(crate) params: Option<SchemaOf>,
    pub(crate) body: Option<Sent>,
    pub(crate) answer: Option<SchemaOf>,
    pub(crate) media: Media,
    /// The answer carries an ETag, and is not sent again to whoever has it.
    pub(crate) tagged: bool,
    /// `If-Match` is understood.
    pub(crate) matched: bool,
}

/// A line of the table, for tests and documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteInfo {
    /// HTTP method.
    pub method: &'static str,
    /// Path, with parameters in braces.
    pub path: &'static str,
    /// What it asks of its caller.
    pub access: Access,
    /// What it is about.
    pub object: Object,
    /// One line for the document.
    pub summary: &'static str,
    /// Whoever asks from the hub's own machine needs nothing.
    pub near: bool,
}

impl RouteInfo {
    const fn new(
        method: &'static str,
        path: &'static str,
        access: Access,
        object: Object,
        summary: &'static str,
    ) -> Self {
        Self { method, path, access, object, summary, near: false }
    }
}

fn get<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    handler: H,
    access: Access,
    object: Object,
    summary: &'static str,
) -> Route {
    let info = RouteInfo::new("GET", path, access, object, summary);
    Route::new(info, get_method(handler), None, Media::Json)
}

fn post<B: JsonSchema, H: Handler<T, App>, T: 'static>(
    path: &'static str,
    handler: H,
    access: Access,
    object: Object,
    summary: &'static str,
) -> Route {
    let info = RouteInfo::new("POST", path, access, object, summary);
    let body = Some(Sent::Json(|generator| generator.subschema_for::<B>()));
    Route::new(info, post_method(handler).layer(BODY), body, Media::Json)
}

fn put<B: JsonSchema, H: Handler<T, App>, T: 'static>(
    path: &'static str,
    handler: H,
    access: Access,
    object: Object,
    summary: &'static str,
) -> Route {
    let info = RouteInfo::new("PUT", path, access, object, summary);
    let body = Some(Sent::Json(|generator| generator.subschema_for::<B>()));
    Route::new(info, put_method(handler).layer(BODY), body, Media::Json)
}

fn delete<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    handler: H,
    access: Access,
    object: Object,
    summary: &'static str,
) -> Route {
    let info = RouteInfo::new("DELETE", path, access, object, summary);
    Route::new(info, delete_method(handler), None, Media::Nothing)
}

/// A file is sent: up to ten megabytes.
fn upload<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    handler: H,
    access: Access,
    object: Object,
    sent: Sent,
    summary: &'static str,
) -> Route {
    let info = RouteInfo::new("POST", path, access, object, summary);
    let handler = post_method(handler).layer(DefaultBodyLimit::max(TABLE_MAX));
    Route::new(info, handler, Some(sent), Media::Json)
}

/// Something is done, and nothing more need be said.
fn act<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    handler: H,
    access: Access,
    object: Object,
    summary: &'static str,
) -> Route {
    let info = RouteInfo::new("POST", path, access, object, summary);
    Route::new(info, post_method(handler).layer(BODY), None, Media::Json)
}

/// Messages are sent: up to ten megabytes, unpacked on the way; the handler bounds what comes out.
fn messages<B: JsonSchema, H: Handler<T, App>, T: 'static>(
    path: &'static str,
    handler: H,
    access: Access,
    summary: &'static str,
) -> Route {
    let info = RouteInfo::new("POST", path, access, Object::Ingest, summary);
    let body = Some(Sent::Messages(|generator| generator.subschema_for::<B>()));
    let handler = post_method(handler).layer(unpacked());
    Route::new(info, handler, body, Media::Json).answers::<ingest::IngestView>()
}

/// Unpacks gzip; whoever reads the body sees what else it may be packed with.
pub(crate) fn unpacked() -> RequestDecompressionLayer {
    RequestDecompressionLayer::new().pass_through_unaccepted(true)
}

impl Route {
    fn new(info: RouteInfo, handler: MethodRouter<App>, body: Option<Sent>, media: Media) -> Self {
        Self { info, handler, params: None, body, answer: None, media, tagged: false, matched: false }
    }

    fn tagged(mut self) -> Self {
        self.handler = self.handler.layer(from_fn(etag::tag));
        self.tagged = true;
        self
    }

    /// Open to the hub's own machine.
    fn near(mut self) -> Self {
        self.info.near = true;
        self
    }

    fn matched(mut self) -> Self {
        self.matched = true;
        self
    }

    fn params<P: JsonSchema>(mut self) -> Self {
        self.params = Some(P::json_schema);
        self
    }

    fn answers<V: JsonSchema>(mut self) -> Self {
        self.answer = Some(|generator| generator.subschema_for::<V>());
        self
    }

    fn media(mut self, media: Media) -> Self {
        self.media = media;
        self
    }
}

pub(crate) fn routes() -> Vec<Route> {
    use Access::{Needs, Open};
    use Right::*;
    vec![
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
        .matched(),
        delete(
            "/api/v1/devices/{id}",
            device::retire,
            Needs(EditRegister),
            Object::Device,
            "Take a device out of service",
        ),
        get(
            "/api/v1/devices/{id}/history",
            history::list,
            Needs(SeeWork),
            Object::Device,
            "Who changed the entry of a device",
        )
        .params::<history::HistoryParams>()
        .answers::<history::ChangePage>(),
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
        .answers::<photos::PhotoView>(),
        get("/api/v1/devices/{id}/photos/{hash}", photos::get, Needs(SeeCity), Object::Device, "A photo of a device")
            .media(Media::Picture),
        delete(
            "/api/v1/devices/{id}/photos/{hash}",
            photos::remove,
            Needs(EditRegister),
            Object::Device,
            "Delete a photo of a device",
        ),
        get(
            "/api/v1/devices/{id}/messages",
            messages::list,
            Needs(SeeRaw),
            Object::Device,
            "Raw messages of a device since somebody began to look",
        )
        .answers::<messages::MessageList>(),
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
        .answers::<import::ImportReport>(),
        get("/api/v1/export/devices", export::devices, Needs(Export), Object::Device, "The register as a table")
            .params::<find::DeviceQuery>()
            .media(Media::Table),
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
        .answers::<readings::ReadingsOfMany>(),
        get(
            "/api/v1/export/readings",
            readings_export::readings,
            Needs(Export),
            Object::Reading,
            "Readings as a file, of a day, a department, a theme, a device",
        )
        .params::<readings_export::ExportParams>()
        .media(Media::Readings),
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
        .answers::<rejected::ReplayView>(),
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
        .answers::<corrections::CorrectionDone>(),
        get(
            "/api/v1/backups",
            backups::get,
            Needs(SeeOperation),
            Object::Hub,
            "Backups of the hub, and whether they can be restored",
        )
        .answers::<backups::BackupsView>(),
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
        .answers::<orders::CommandDetail>(),
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
        .answers::<orders::CommandDetail>(),
        post::<orders::PersonBody, _, _>(
            "/api/v1/commands/{id}/cancel",
            orders::cancel,
            Needs(Command),
            Object::Command,
            "Call off a command that is not sent yet",
        )
        .answers::<orders::CommandDetail>(),
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
        get(
            "/api/v1/webhooks",
            webhooks::list,
            Needs(Webhooks),
            Object::Webhook,
            "Webhooks, and how their telling stands",
        )
        .answers::<webhooks::WebhookList>(),
        post::<webhooks::WebhookBody, _, _>(
            "/api/v1/webhooks",
            webhooks::create,
            Needs(Webhooks),
            Object::Webhook,
            "Make a webhook; its secret is shown once",
        )
        .answers::<webhooks::WebhookSaved>(),
        get("/api/v1/webhooks/{id}", webhooks::get, Needs(Webhooks), Object::Webhook, "A webhook")
            .answers::<webhooks::WebhookView>(),
        put::<webhooks::WebhookBody, _, _>(
            "/api/v1/webhooks/{id}",
            webhooks::change,
            Needs(Webhooks),
            Object::Webhook,
            "Change a webhook",
        )
        .answers::<webhooks::WebhookSaved>(),
        delete(
            "/api/v1/webhooks/{id}",
            webhooks::delete,
            Needs(Webhooks),
            Object::Webhook,
            "Delete a webhook with its deliveries",
        ),
        act("/api/v1/webhooks/{id}/test", webhooks::test, Needs(Webhooks), Object::Webhook, "Send a test to a webhook")
            .answers::<webhooks::TestView>(),
        get(
            "/api/v1/webhooks/{id}/deliveries",
            webhooks::deliveries,
            Needs(Webhooks),
            Object::Webhook,
            "What a webhook is told, newest first",
        )
        .params::<webhooks::DeliveryParams>()
        .answers::<webhooks::DeliveryPage>(),
        post::<webhooks::AgainOrder, _, _>(
            "/api/v1/webhooks/{id}/replay",
            webhooks::replay,
            Needs(Webhooks),
            Object::Webhook,
            "Tell a webhook again",
        )
        .answers::<webhooks::AgainView>(),
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
    ]
}

/// The table, for tests and documents.
#[must_use]
pub fn table() -> Vec<RouteInfo> {
    routes().into_iter().map(|route| route.info).collect()
}
