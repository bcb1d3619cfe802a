//! What an MQTT broker must know of devices: under which name and secret each comes, and where it may publish and listen.
//! Pure: it makes and reads texts (files of mosquitto, lines of its log) and judges; it opens no file and no socket, and
//! random bytes are handed in.
//!
//! # Why files and not mosquitto's dynamic-security plugin
//! Measured with mosquitto 2.0.11 and 10,000 devices, 9,000 of them connected (`bench devices` does it again; CPU of the
//! broker's only thread, which serves nobody meanwhile):
//!
//! | | password and ACL file, SIGHUP | dynamic-security |
//! |---|---|---|
//! | one change | 70 ms | 130 ms (it writes 11 MB) |
//! | 10,000 changes at once | 70 ms: one reload | 20 took 1.8 s, so about 15 min |
//! | the same with 1,000 and 5,000 gateways' own lines | 200 ms, 700 ms | - |
//! | a device connects, p50 | 0.13 ms | 0.12 ms |
//! | a revoked device that is connected | thrown out by the reload | thrown out |
//! | a subscription outside of its rights | granted, and nothing is delivered | refused |
//!
//! The last line is the price; the hub reads such subscriptions in the broker's log ([`heard`]) and tells of them.
//!
//! # Traps of mosquitto that this is built around
//! * At a reload every connected client's password is hashed again: with the 101 rounds of `mosquitto_passwd` 9,000 clients
//!   stop the broker for 0.5 s to 1.5 s. The secrets made here are 140 random bits, which no number of rounds makes harder
//!   to guess, so one round it is (70 ms).
//! * A reload while a session that was restored from disk has not come back takes its `user` lines away from it: what is
//!   published from then on is not kept for it, silently. So nobody reloads before the hub is connected.
//! * With `per_listener_settings` a restored session has no listener and therefore no rights: everything published before
//!   the hub is back after the broker's restart is lost. It is never set.
//! * The password file ends a name at the first colon, which ids of devices may have: see [`User`].

mod heard;
mod judge;
mod password;
mod rights;
mod user;

pub use heard::{Heard, heard};
pub use judge::{Deed, allows, names};
pub use password::{NoHash, PasswordHash, Secret};
pub use rights::{Equipped, Fixed, passwords, rights};
pub use user::{FIELD, HUB, NoUser, User};
