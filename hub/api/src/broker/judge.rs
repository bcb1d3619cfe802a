//! The answers to a broker's questions, whatever form they come in: from the board and the copy of the credentials in memory,
//! so that devices go on while the database is away.

use chengshu_access::Identity;
use chengshu_broker::{Deed, User, allows};
use chengshu_core::model::{DeviceId, Registration};

use super::is_child;
use crate::app::App;
use crate::problem::Problem;
use crate::trail;

/// What the hub says of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Yes.
    Allow,
    /// No.
    Deny,
    /// It is no device of the register: somebody else must know.
    Stranger,
}

/// Whether a client may come. Its client id must be its user name: under another one it could throw somebody else out.
pub(super) fn login(app: &App, user: &str, password: &str, client: &str) -> Result<Verdict, Problem> {
    let Some((device, in_service)) = registered(app, user) else { return Ok(Verdict::Stranger) };
    let table = app.identities.devices().table().ok_or_else(Problem::unknown_yet)?;
    let good = in_service && client == user && table.get(&device).is_some_and(|hash| hash.is(password));
    if good {
        app.identities.devices().came(device, app.clock.now());
        return Ok(Verdict::Allow);
    }
    denied(app, &device, "login");
    Ok(Verdict::Deny)
}

/// Whether a client may do that.
pub(super) fn deed(app: &App, user: &str, deed: Deed, topic: &str) -> Result<Verdict, Problem> {
    let Some((device, in_service)) = registered(app, user) else { return Ok(Verdict::Stranger) };
    let table = app.identities.devices().table().ok_or_else(Problem::unknown_yet)?;
    let child = |named: &DeviceId| app.board.read(|board| is_child(board, &device, named));
    if in_service && table.contains_key(&device) && allows(&device, child, deed, topic) {
        return Ok(Verdict::Allow);
    }
    let word = match deed {
        Deed::Publish => "publish",
        Deed::Receive => "receive",
        Deed::Subscribe => "subscribe",
    };
    denied(app, &device, &format!("{word} {topic}"));
    Ok(Verdict::Deny)
}

/// The device of a user name, and whether it is in service.
fn registered(app: &App, user: &str) -> Option<(DeviceId, bool)> {
    let device = User::device(user)?;
    app.board.read(|board| {
        let slot = board.device(device.as_str())?;
        Some((slot.device.id.clone(), slot.device.registration != Registration::Retired))
    })
}

fn denied(app: &App, device: &DeviceId, what: &str) {
    let what: String = what.chars().filter(|sign| !sign.is_control()).take(200).collect();
    trail::refused(app, Identity::Device { id: device.as_str().into() }, "mqtt", format!("MQTT {what}"));
}
