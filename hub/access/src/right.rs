//! What a route asks of its caller. A closed list: a route declares one of these, or that it is open. Who has which
//! stands in `matrix`; how far it reaches stands in `scope`.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What a route asks (权限).
    Right {
        Own = "own", "本人会话与口令", "one's own session, password and second factor";
        SeeCity = "see_city", "查看城市运行", "devices, values, readings, alarms, events, key figures, the live stream";
        SeeWork = "see_work", "查看在办事务", "what is to be done and who did what: unseen, maintenance, commands, histories";
        SeeOperation = "see_operation", "查看系统运行", "links, ledger, what was set aside, backups, metrics, the whole status";
        SeeRaw = "see_raw", "查看原始报文", "raw messages and bytes, which may hold personal data";
        Export = "export", "导出数据", "files of readings and of the register";
        EditRegister = "edit_register", "维护台账", "enter, import, retire devices; delete photos";
        EquipDevices = "equip_devices", "签发设备凭据", "issue, renew and revoke the credentials of devices";
        AddPhoto = "add_photo", "上传照片", "add a photo to a device";
        Correct = "correct", "订正数据", "change or withdraw a reading";
        Replay = "replay", "重新处理", "try again what was set aside";
        Ingest = "ingest", "数据接入", "send messages in the name of devices";
        Command = "command", "下发指令", "ask a device for something, or call it off";
        ApproveCommand = "approve_command", "复核指令", "agree to a dangerous command as a second person";
        TryFrames = "try_frames", "报文试解", "decode and encode frames of field protocols by hand";
        Webhooks = "webhooks", "管理推送订阅", "make, change and test receivers of messages: webhooks, mailboxes, brokers, robots";
        Unmask = "unmask", "查看个人信息明文", "see personal data in clear, for a purpose and with a reason";
        SeeAccounts = "see_accounts", "查看账号", "people, their roles and sessions, screens and keys, without secrets";
        ManageAccounts = "manage_accounts", "管理账号", "create and disable people, reset passwords; enrol screens; end sessions";
        ManageKeys = "manage_keys", "管理服务密钥", "make and revoke keys of services, which are born without rights";
        Grant = "grant", "授权与安全策略", "give roles, rights and scopes; set policy; unlock; reset second factors";
        ReadAudit = "read_audit", "查看审计", "read, verify and export the audit";
        JudgeDevices = "judge_devices", "代理鉴权", "judge for a broker whether a device may come, publish and listen";
        Configure = "configure", "系统配置", "change the configuration of the hub";
    }
}

impl Right {
    pub(crate) const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// True when a service may hold it. What is left out needs a person who answers for it: an administrator's act, the
    /// second person at a dangerous command, personal data in clear, a session of one's own.
    #[must_use]
    pub const fn for_services(self) -> bool {
        !matches!(
            self,
            Self::Own
                | Self::ApproveCommand
                | Self::Unmask
                | Self::SeeAccounts
                | Self::ManageAccounts
                | Self::ManageKeys
                | Self::Grant
                | Self::ReadAudit
                | Self::Configure
        )
    }
}

/// A right that no service may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("right {0} needs a person; a service cannot hold it")]
pub struct NotForServices(pub Right);

/// Some rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Right>", into = "Vec<Right>")]
pub struct Rights(u32);

impl Rights {
    /// None.
    pub const NONE: Self = Self(0);
    /// What a screen may: look at the city. Nothing is added to it, ever.
    pub const SCREEN: Self = Self(Right::SeeCity.bit());
    /// What a device may: speak for itself.
    pub const DEVICE: Self = Self(Right::Ingest.bit());
    /// What the hub's own tools on the same machine may (`chengshu replay`, `chengshu doctor`, `chengshu broker-files`): run
    /// the hub and its brokers, but neither see the city nor judge people.
    pub const LOCAL: Self = Self(Right::SeeOperation.bit() | Right::Replay.bit() | Right::JudgeDevices.bit());
    /// Everything; for the demo's key alone.
    pub(crate) const EVERYTHING: Self = Self((1 << Right::ALL.len()) - 1);

    /// These rights, for a service.
    ///
    /// # Errors
    /// [`NotForServices`] names the first that no service may hold.
    pub fn for_service(list: impl IntoIterator<Item = Right>) -> Result<Self, NotForServices> {
        list.into_iter().try_fold(Self::NONE, |rights, right| {
            if right.for_services() { Ok(rights.with(right)) } else { Err(NotForServices(right)) }
        })
    }

    /// These and one more.
    #[must_use]
    pub const fn with(self, right: Right) -> Self {
        Self(self.0 | right.bit())
    }

    /// True when the right is among them.
    #[must_use]
    pub const fn holds(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// One after the other, in the order of [`Right::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.holds(*right))
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(list: I) -> Self {
        list.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<Vec<Right>> for Rights {
    fn from(list: Vec<Right>) -> Self {
        list.into_iter().collect()
    }
}

impl From<Rights> for Vec<Right> {
    fn from(rights: Rights) -> Self {
        rights.iter().collect()
    }
}

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: no data of the city passes here.
    Open,
    /// Anybody who is known, whatever they may: what passes here is about themselves, or about nobody.
    Known,
    /// Somebody who has this right; what they see is cut to its scope.
    Needs(Right),
    /// Somebody who has one of these; what they see is cut to the scopes of those that they have.
    NeedsOneOf(&'static [Right]),
}

impl Access {
    /// The rights of which one is needed; none when it is open, or open to all who are known.
    #[must_use]
    pub fn rights(&self) -> &[Right] {
        match self {
            Self::Open | Self::Known => &[],
            Self::Needs(right) => std::slice::from_ref(right),
            Self::NeedsOneOf(rights) => rights,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_hold_no_right_of_a_person() {
        assert_eq!(Rights::for_service([Right::Ingest, Right::Unmask]), Err(NotForServices(Right::Unmask)));
        let rights = Rights::for_service([Right::SeeCity, Right::Ingest]).unwrap();
        assert_eq!(serde_json::to_string(&rights).unwrap(), r#"["see_city","ingest"]"#);
        assert_eq!(Rights::EVERYTHING.iter().count(), Right::ALL.len());
    }
}
