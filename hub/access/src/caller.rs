//! Who asks, and what they may. Made once when somebody is known, from what the store keeps; then asked by every route.
//! Proves nobody's identity: that is done before.

use std::fmt;
use std::sync::Arc;

use chengshu_core::model::Timestamp;

use crate::grant::{Grants, reach, roles_in_force};
use crate::matrix::allows;
use crate::purpose::{NotUnmasked, Purpose, Unmasking};
use crate::right::{Right, Rights};
use crate::scope::{Object, Scope};
use crate::words::words;

words! {
    /// Kinds of callers.
    IdentityKind {
        Person = "person", "人员", "a person";
        Screen = "screen", "大屏", "a wall screen";
        Service = "service", "服务", "a service";
        Device = "device", "设备", "a device";
        Local = "local", "本机工具", "the hub's own tools";
        Demo = "demo", "演示密钥", "the key of the demo";
        Unknown = "unknown", "未识别", "nobody known";
    }
}

/// Who somebody is (身份). Debug and [`Identity::label`] leave names out: they are for logs.
#[derive(Clone, PartialEq, Eq)]
pub enum Identity {
    /// Somebody with an account.
    Person {
        /// Stable, and no name.
        id: Arc<str>,
        /// For people to read.
        name: Arc<str>,
    },
    /// A wall, bound to what it shows.
    Screen {
        /// Stable.
        id: Arc<str>,
        /// The layout.
        layout: Arc<str>,
    },
    /// A system of a department.
    Service {
        /// Stable.
        id: Arc<str>,
        /// For people to read.
        name: Arc<str>,
    },
    /// A device or gateway that speaks for itself.
    Device {
        /// Its id in the register.
        id: Arc<str>,
    },
    /// The hub's own tools on the same machine.
    Local,
    /// The one key of `chengshu demo`, which may everything; never made elsewhere.
    Demo,
}

impl Identity {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> IdentityKind {
        match self {
            Self::Person { .. } => IdentityKind::Person,
            Self::Screen { .. } => IdentityKind::Screen,
            Self::Service { .. } => IdentityKind::Service,
            Self::Device { .. } => IdentityKind::Device,
            Self::Local => IdentityKind::Local,
            Self::Demo => IdentityKind::Demo,
        }
    }

    /// For logs and audit, without personal data: `person:17`.
    #[must_use]
    pub fn label(&self) -> String {
        let kind = self.kind().id();
        match self {
            Self::Person { id, .. } | Self::Screen { id, .. } | Self::Service { id, .. } | Self::Device { id } => {
                format!("{kind}:{id}")
            }
            Self::Local | Self::Demo => kind.to_owned(),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Holds {
    Grants(Grants),
    Fixed { rights: Rights, scope: Scope },
}

/// Whoever asks (调用者): every handler receives one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    identity: Identity,
    holds: Holds,
}

impl Caller {
    fn fixed(identity: Identity, rights: Rights, scope: Scope) -> Self {
        Self { identity, holds: Holds::Fixed { rights, scope } }
    }

    /// A person with what they were granted; with nothing in force they still have their own session.
    #[must_use]
    pub fn person(id: &str, name: &str, grants: Grants) -> Self {
        Self { identity: Identity::Person { id: id.into(), name: name.into() }, holds: Holds::Grants(grants) }
    }

    /// A person who must first renew a password or set up a second factor: may nothing else.
    #[must_use]
    pub fn person_confined(id: &str, name: &str) -> Self {
        let identity = Identity::Person { id: id.into(), name: name.into() };
        Self::fixed(identity, Rights::NONE.with(Right::Own), Scope::nothing())
    }

    /// A wall screen: sees the city within its scope, and nothing else.
    #[must_use]
    pub fn screen(id: &str, layout: &str, scope: Scope) -> Self {
        Self::fixed(Identity::Screen { id: id.into(), layout: layout.into() }, Rights::SCREEN, scope)
    }

    /// A service; rights that need a person are dropped, should the store hold any.
    #[must_use]
    pub fn service(id: &str, name: &str, rights: Rights, scope: Scope) -> Self {
        let rights = rights.iter().filter(|right| right.for_services()).collect();
        Self::fixed(Identity::Service { id: id.into(), name: name.into() }, rights, scope)
    }

    /// A device of a theme; see [`Caller::speaks_for`].
    #[must_use]
    pub fn device(id: &str, theme: &str) -> Self {
        Self::fixed(Identity::Device { id: id.into() }, Rights::DEVICE, Scope::themes_only([theme]))
    }

    /// The hub's own tools on the same machine.
    #[must_use]
    pub fn local() -> Self {
        Self::fixed(Identity::Local, Rights::LOCAL, Scope::All)
    }

    /// The holder of the demo's key: may everything. Whoever wires makes it in `chengshu demo` alone.
    #[must_use]
    pub fn demo() -> Self {
        Self::fixed(Identity::Demo, Rights::EVERYTHING, Scope::All)
    }

    /// Who asks.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How far the right reaches now; none means denied.
    #[must_use]
    pub fn may(&self, right: Right, now: Timestamp) -> Option<Scope> {
        match &self.holds {
            Holds::Fixed { rights, scope } => rights.holds(right).then(|| scope.clone()),
            // one's own password is no matter of roles
            Holds::Grants(_) if right == Right::Own => Some(Scope::nothing()),
            Holds::Grants(grants) => reach(grants, now, |roles| allows(roles, right)),
        }
    }

    /// The rights held now: what menus are made of.
    #[must_use]
    pub fn rights(&self, now: Timestamp) -> Rights {
        match &self.holds {
            Holds::Fixed { rights, .. } => *rights,
            Holds::Grants(grants) => {
                let roles = roles_in_force(grants, now).unwrap_or_default();
                Right::ALL.into_iter().filter(|right| *right == Right::Own || allows(roles, *right)).collect()
            }
        }
    }

    /// True when the caller may change what this person was granted: nobody changes their own.
    #[must_use]
    pub fn may_grant_to(&self, person: &str, now: Timestamp) -> bool {
        let own = matches!(&self.identity, Identity::Person { id, .. } if **id == *person);
        !own && self.may(Right::Grant, now).is_some()
    }

    /// True when messages in the name of this device may come from this caller: a device speaks for itself and for what
    /// the register says speaks through it; a service within its scope for anybody.
    #[must_use]
    pub fn speaks_for(&self, device: &str, gateway: Option<&str>, object: &Object<'_>, now: Timestamp) -> bool {
        let itself = match &self.identity {
            Identity::Device { id } => **id == *device || gateway == Some(id),
            _ => true,
        };
        itself && self.may(Right::Ingest, now).is_some_and(|scope| scope.covers(object))
    }

    /// The proof with which personal data of the object is revealed.
    ///
    /// # Errors
    /// [`NotUnmasked`] when role, purpose and scope do not allow it, or no reason is given.
    pub fn unmask(
        &self,
        purpose: Purpose,
        reason: &str,
        object: &Object<'_>,
        now: Timestamp,
    ) -> Result<Unmasking, NotUnmasked> {
        let scope = match &self.holds {
            Holds::Fixed { .. } => self.may(Right::Unmask, now),
            Holds::Grants(grants) => {
                reach(grants, now, |roles| allows(roles, Right::Unmask) && purpose.is_open_to(roles))
            }
        };
        if !scope.is_some_and(|scope| scope.covers(object)) {
            return Err(NotUnmasked::Denied);
        }
        Unmasking::new(purpose, reason, self.identity.label(), now)
    }
}
