//! Who stands behind a session, a key or a wall's credential, and how they prove it: the rules of hub/access brought
//! together with what hub/store keeps. Knows no HTTP; what every request asks is answered from memory.

mod demo;
mod device;
mod factor;
mod identities;
mod known;
mod login;
mod memory;
mod password;
mod people;
mod proof;
mod renew;
mod setup;
mod signing;
mod sso;
mod stamp;

pub use demo::DemoAccount;
pub use device::{DeviceKeys, DeviceTable};
pub use identities::Identities;
pub use known::{Found, Known, Must, NotFound, PersonFound, ScreenFound};
pub use login::{Cookie, NotIn, SignedIn, Visitor};
pub use password::Hasher;
pub use people::NotChanged;
pub use proof::{Proof, Secrets};
pub use setup::NotSetUp;
pub use signing::Signing;
pub use sso::{SsoRefused, SsoReturn, sso_link_of};
pub use stamp::Stamp;
