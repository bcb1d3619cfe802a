//! The lines of receivers in the table of routes, twice: as receivers, and under the name of the time when all of them were
//! webhooks, which programs outside know.

use chengshu_access::Access::Needs;
use chengshu_access::Act;
use chengshu_access::Right::Webhooks;

use super::words::{
    AgainOrder, AgainView, DeliveryPage, DeliveryParams, ReceiverBody, ReceiverList, ReceiverSaved, ReceiverView,
    TestView, WebhookList,
};
use crate::route::{Object, Route, act, delete, get, post, put};

macro_rules! lines {
    ($base:literal, $one:literal) => {
        [
            post::<ReceiverBody, _, _>(
                $base,
                super::create,
                Needs(Webhooks),
                Object::Receiver,
                concat!("Make a ", $one, "; the secret of a webhook is shown once"),
            )
            .answers::<ReceiverSaved>()
            .audited(Act::WebhookChange),
            get(concat!($base, "/{id}"), super::get, Needs(Webhooks), Object::Receiver, concat!("A ", $one))
                .answers::<ReceiverView>(),
            put::<ReceiverBody, _, _>(
                concat!($base, "/{id}"),
                super::change,
                Needs(Webhooks),
                Object::Receiver,
                concat!("Change a ", $one),
            )
            .answers::<ReceiverSaved>()
            .audited(Act::WebhookChange),
            delete(
                concat!($base, "/{id}"),
                super::delete,
                Needs(Webhooks),
                Object::Receiver,
                concat!("Delete a ", $one, " with its deliveries"),
            )
            .audited(Act::WebhookChange),
            act(
                concat!($base, "/{id}/test"),
                super::test,
                Needs(Webhooks),
                Object::Receiver,
                concat!("Send a trial message to a ", $one),
            )
            .answers::<TestView>()
            .audited(Act::WebhookSend),
            get(
                concat!($base, "/{id}/deliveries"),
                super::deliveries,
                Needs(Webhooks),
                Object::Receiver,
                concat!("What a ", $one, " is told, newest first"),
            )
            .params::<DeliveryParams>()
            .answers::<DeliveryPage>(),
            post::<AgainOrder, _, _>(
                concat!($base, "/{id}/replay"),
                super::replay,
                Needs(Webhooks),
                Object::Receiver,
                concat!("Tell a ", $one, " again"),
            )
            .answers::<AgainView>()
            .audited(Act::WebhookSend),
        ]
    };
}

pub(crate) fn routes() -> Vec<Route> {
    let list = "Receivers on all channels, and how their telling stands";
    let mut all = vec![
        get("/api/v1/receivers", super::list, Needs(Webhooks), Object::Receiver, list).answers::<ReceiverList>(),
        get(
            "/api/v1/webhooks",
            super::webhooks,
            Needs(Webhooks),
            Object::Receiver,
            "Receivers that are webhooks, and how their telling stands",
        )
        .answers::<WebhookList>(),
    ];
    all.extend(lines!("/api/v1/receivers", "receiver"));
    all.extend(lines!("/api/v1/webhooks", "webhook"));
    all
}
