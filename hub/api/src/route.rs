//! What a line of the table of routes is made of: what it asks of its caller, what it is about, what it takes and answers.
//! Every way to make one takes an [`Access`]: a route that says nothing of it does not compile.

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, delete as delete_method, get as get_method, post as post_method, put as put_method};
use chengshu_access::{Access, Act};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use tower_http::decompression::RequestDecompressionLayer;

use crate::app::App;
use crate::{etag, ingest};

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
    /// Receivers of messages and their deliveries.
    Receiver,
    /// Commands to devices.
    Command,
    /// Frames of field protocols, tried by hand.
    Frame,
    /// The way in, and one's own account.
    Own,
    /// Accounts, keys, walls and what they may.
    Account,
    /// The audit.
    Audit,
    /// Credentials of devices at brokers.
    Credential,
    /// Brokers that ask about devices.
    Broker,
}

impl Object {
    /// The hub itself, its links and its themes can be told of before the database has answered for the first time, and
    /// what is sent is kept in the spool.
    pub(crate) fn needs_loaded_board(self) -> bool {
        !matches!(
            self,
            Self::Hub
                | Self::Link
                | Self::Theme
                | Self::Ingest
                | Self::Receiver
                | Self::Frame
                | Self::Own
                | Self::Account
                | Self::Audit
        )
    }

    /// What cannot be cut to a scope: whoever has less than everything is refused.
    pub(crate) fn is_undivided(self) -> bool {
        // a receiver is told of all departments alike; who may give rights in one of them might give themselves all
        matches!(self, Self::Receiver | Self::Account | Self::Audit | Self::Broker)
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
    /// Somewhere else.
    Redirect,
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

pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

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
    /// A refusal (403) comes as the answer does: whoever asks wants a no, and no problem.
    pub(crate) refuses: bool,
    /// What else it answers, beyond what all routes of its kind do: statuses with what they mean.
    pub(crate) also: Vec<(&'static str, &'static str)>,
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
    /// How much it counts for when somebody asks too often.
    pub cost: u16,
    /// What the audit calls it; none: nothing is changed and nothing leaves, or whoever asks is not known yet.
    pub act: Option<Act>,
    /// Its handler makes the line of what was done; only what comes to nothing is written for it.
    pub tells: bool,
}

impl RouteInfo {
    const fn new(
        method: &'static str,
        path: &'static str,
        access: Access,
        object: Object,
        summary: &'static str,
    ) -> Self {
        Self { method, path, access, object, summary, near: false, cost: 1, act: None, tells: false }
    }

    /// Whoever asks too often waits. Not whoever watches over the hub: they ask from anywhere, and as often as they like.
    pub(crate) fn is_limited(&self) -> bool {
        self.access != Access::Open || !matches!(self.path, "/healthz" | "/readyz")
    }
}

pub(crate) fn get<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    handler: H,
    access: Access,
    object: Object,
    summary: &'static str,
) -> Route {
    let info = RouteInfo::new("GET", path, access, object, summary);
    Route::new(info, get_method(handler), None, Media::Json)
}

pub(crate) fn post<B: JsonSchema, H: Handler<T, App>, T: 'static>(
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

pub(crate) fn put<B: JsonSchema, H: Handler<T, App>, T: 'static>(
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

pub(crate) fn delete<H: Handler<T, App>, T: 'static>(
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
pub(crate) fn upload<H: Handler<T, App>, T: 'static>(
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
pub(crate) fn act<H: Handler<T, App>, T: 'static>(
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
pub(crate) fn messages<B: JsonSchema, H: Handler<T, App>, T: 'static>(
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
        Self {
            info,
            handler,
            params: None,
            body,
            answer: None,
            media,
            tagged: false,
            matched: false,
            refuses: false,
            also: Vec::new(),
        }
    }

    pub(crate) fn tagged(mut self) -> Self {
        self.handler = self.handler.layer(from_fn(etag::tag));
        self.tagged = true;
        self
    }

    /// Open to the hub's own machine.
    pub(crate) fn near(mut self) -> Self {
        self.info.near = true;
        self
    }

    /// Answering takes so many times what most answers take.
    pub(crate) fn costs(mut self, cost: u16) -> Self {
        self.info.cost = cost;
        self
    }

    /// A body where there usually is none.
    pub(crate) fn takes<B: JsonSchema>(mut self) -> Self {
        self.body = Some(Sent::Json(|generator| generator.subschema_for::<B>()));
        self
    }

    /// A line in the audit for each time that it is done.
    pub(crate) fn audited(mut self, act: Act) -> Self {
        self.info.act = Some(act);
        self
    }

    /// The same, but the handler makes the line itself when it is done.
    pub(crate) fn tells(mut self, act: Act) -> Self {
        self.info.act = Some(act);
        self.info.tells = true;
        self
    }

    /// It says no with 403, in the form of its answers.
    pub(crate) fn refuses(mut self) -> Self {
        self.refuses = true;
        self
    }

    /// A status that is of this route alone, and what it means.
    pub(crate) fn also(mut self, told: (&'static str, &'static str)) -> Self {
        self.also.push(told);
        self
    }

    pub(crate) fn matched(mut self) -> Self {
        self.matched = true;
        self
    }

    pub(crate) fn params<P: JsonSchema>(mut self) -> Self {
        self.params = Some(P::json_schema);
        self
    }

    pub(crate) fn answers<V: JsonSchema>(mut self) -> Self {
        self.answer = Some(|generator| generator.subschema_for::<V>());
        self
    }

    pub(crate) fn media(mut self, media: Media) -> Self {
        self.media = media;
        self
    }
}
