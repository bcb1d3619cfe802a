//! Whom to call about a device (联系人): the one field of an entry that holds personal data. Everywhere it is shown masked;
//! in clear it is told for a purpose and with a reason, and not before the audit holds a line about that.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use chengshu_access::{Act, Contact, NotUnmasked, Object, Personal, Purpose};
use chengshu_engine::{BoardState, EntryOrder, Wish};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::device::{missing, visible};
use crate::app::App;
use crate::caller::Who;
use crate::params::Body;
use crate::problem::Problem;

/// Why somebody wants to see it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevealBody {
    /// What for: handle_case, call_back, emergency or repair; which of them are open depends on the role.
    purpose: String,
    /// Why, in 4 to 200 characters; numbers of people in it are masked.
    reason: String,
}

/// The contact in clear.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RevealView {
    /// As it was entered; null: nobody entered one.
    contact: Option<String>,
}

pub(crate) fn masked(contact: String) -> String {
    Personal::<Contact>::new(contact).masked()
}

pub(crate) async fn reveal(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Body(body): Body<RevealBody>,
) -> Result<Json<RevealView>, Problem> {
    let purpose = Purpose::of(&body.purpose).ok_or_else(|| {
        let known: Vec<&str> = Purpose::ALL.iter().map(|purpose| purpose.id()).collect();
        Problem::bad_request(format!("body: purpose is {:?}; expected one of {}", body.purpose, known.join(", ")))
    })?;
    let now = app.clock.now();
    let (proof, contact) = app.board.read(|board| {
        let slot = board.device(&id).filter(|slot| visible(slot, &who)).ok_or_else(|| missing(&id))?;
        let proof = who.caller().unmask(purpose, &body.reason, &Object::device(&slot.device), now);
        let proof = proof.map_err(|refused| match refused {
            NotUnmasked::Denied => Problem::outside("your roles do not have this purpose for this device"),
            NotUnmasked::Reason { .. } => Problem::bad_request(format!("body: {refused}")),
        })?;
        Ok::<_, Problem>((proof, slot.device.entry().details.contact.map(Personal::<Contact>::new)))
    })?;
    let mut line = who.stamp().done(Act::Unmask, format!("device:{id}"));
    line.reason = Some(proof.reason().to_owned());
    line.detail = BTreeMap::from([
        ("field".to_owned(), "contact".to_owned()),
        ("purpose".to_owned(), proof.purpose().id().to_owned()),
    ]);
    app.store.audit_write(&[line]).await?;
    Ok(Json(RevealView { contact: contact.map(|contact| contact.reveal(&proof).to_owned()) }))
}

/// A contact that comes back as it was shown stays what it is; `Err` with what was read when it is masked, but not what is
/// there.
pub(crate) fn kept(board: &BoardState, order: &mut EntryOrder) -> Result<(), String> {
    let Wish::Enter(entry) = &mut order.wish else { return Ok(()) };
    let Some(sent) = entry.details.contact.as_deref() else { return Ok(()) };
    let before = board.device(order.device.as_str()).and_then(|slot| slot.device.entry().details.contact);
    if before.as_ref().is_some_and(|before| masked(before.clone()) == sent) {
        entry.details.contact = before;
        return Ok(());
    }
    if sent.contains("**") { Err(sent.to_owned()) } else { Ok(()) }
}

/// What [`kept`] expects.
pub(crate) const EXPECTED: &str = "the contact in clear, or as it is shown to leave it as it is";
