//! Who may do what: pure decisions. Opens nothing, reads no clock, knows no SQL and no HTTP; times, random bytes and
//! hashes of passwords are handed in. In doubt the answer is no.

mod audit;
mod caller;
mod capped;
mod chain;
mod gate;
mod grant;
mod lockout;
mod mask;
mod matrix;
mod part;
mod password;
mod purpose;
mod rate;
mod right;
mod role;
mod scope;
mod session;
mod text;
mod token;
mod totp;
mod words;

pub use audit::{Act, AuditLine, Outcome};
pub use caller::{Caller, Identity, IdentityKind};
pub use chain::{Batch, Break, Broken, GENESIS, Head, Mark, NoMark, chain, verify};
pub use gate::{AddressKey, Gate, Verdict};
pub use grant::{Effective, Grant, Grants, check_grants, effective};
pub use lockout::{Account, Event, Lock, LockoutSettings, step};
pub use mask::{Address, IdNumber, Masked, PersonName, Personal, Phone};
pub use matrix::{allows, matrix};
pub use part::Part;
pub use password::{Fault, PasswordPolicy, check_password};
pub use purpose::{NotUnmasked, Purpose, Unmasking};
pub use rate::{Bucket, Limiter, Rate};
pub use right::{Access, NotForServices, Right, Rights};
pub use role::{Conflict, Role, Roles};
pub use scope::{Extent, Object, Scope};
pub use session::{Session, SessionKind, SessionPolicy, State, to_end};
pub use text::{is_identity, mask_text};
pub use token::{Token, TokenHash, TokenKind};
pub use totp::{Secret, Wrong};
