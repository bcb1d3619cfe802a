//! The words of an audit line, and the bytes that stand for it in the chain. Writes nothing, and decides nothing about
//! who may read it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use chengshu_core::model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::caller::{Identity, IdentityKind};
use crate::words::words;

words! {
    /// What was done (审计动作). Codes are never changed: the chain is made over them.
    Act {
        FirstAdmin = "first_admin", "创建首个管理员", "the first administrator was created";
        Login = "login", "登录", "signed in, or tried to";
        Logout = "logout", "退出", "signed out";
        SessionEnd = "session_end", "终止会话", "ended a session";
        SecondFactor = "second_factor", "设置第二因子", "set up or removed a second factor";
        PasswordChange = "password_change", "修改口令", "changed the own password";
        PasswordReset = "password_reset", "重置口令", "reset somebody's password";
        Denied = "denied", "越权访问被拒", "asked for what is not allowed";
        Limited = "limited", "频率受限", "asked too often";
        AccountLock = "account_lock", "账号锁定", "an account was locked";
        AccountUnlock = "account_unlock", "账号解锁", "unlocked an account";
        AccountCreate = "account_create", "创建账号", "created an account";
        AccountChange = "account_change", "修改账号", "changed an account";
        AccountDisable = "account_disable", "停用账号", "disabled an account";
        AccountLink = "account_link", "关联统一身份", "linked an account with single sign-on, or unlinked it";
        GrantChange = "grant_change", "变更授权", "changed roles, rights or scopes";
        PolicyChange = "policy_change", "变更安全策略", "changed the policy";
        KeyCreate = "key_create", "创建服务密钥", "made a key for a service";
        KeyRevoke = "key_revoke", "吊销服务密钥", "revoked a key";
        ScreenEnrol = "screen_enrol", "登记大屏", "enrolled a screen";
        ScreenRevoke = "screen_revoke", "吊销大屏", "revoked a screen";
        DeviceCredential = "device_credential", "变更设备凭据", "changed the credential of a device";
        RegisterChange = "register_change", "变更台账", "changed the register";
        RegisterImport = "register_import", "导入台账", "imported into the register";
        PhotoAdd = "photo_add", "上传照片", "added a photo";
        PhotoDelete = "photo_delete", "删除照片", "deleted a photo";
        Correction = "correction", "订正数据", "corrected a reading";
        Replay = "replay", "重新处理", "tried again what was set aside";
        RawSeen = "raw_seen", "查看原始报文", "looked at raw messages";
        Export = "export", "导出数据", "exported";
        Unmask = "unmask", "查看个人信息明文", "saw personal data in clear";
        CommandAsk = "command_ask", "下发指令", "asked a device for something";
        CommandApprove = "command_approve", "复核指令", "agreed to a dangerous command";
        CommandCancel = "command_cancel", "取消指令", "called off a command";
        WebhookChange = "webhook_change", "变更推送订阅", "made, changed or deleted a receiver of messages";
        WebhookSend = "webhook_send", "手动推送", "sent a receiver a trial message, or told it again";
        Configure = "configure", "系统配置", "changed the configuration";
        AuditRead = "audit_read", "查看审计", "read or verified the audit";
        AuditAlarm = "audit_alarm", "审计完整性告警", "the audit does not fit what was kept of it elsewhere";
        HubStart = "hub_start", "系统启动", "the hub started";
        HubStop = "hub_stop", "系统停止", "the hub stopped";
    }
}

words! {
    /// What came of it.
    Outcome {
        Done = "done", "成功", "done";
        Denied = "denied", "拒绝", "denied";
        Failed = "failed", "失败", "failed";
    }
}

impl Act {
    /// True when something is told that must not be told without a line: the line is written before the answer leaves, and
    /// without it nothing leaves. Whatever else is done writes its line with what it changes.
    #[must_use]
    pub const fn is_disclosure(self) -> bool {
        matches!(self, Self::Export | Self::RawSeen | Self::Unmask | Self::AuditRead)
    }
}

/// An audit line (审计记录). Personal data in it is masked by whoever makes it: `Personal` shows itself masked, free text
/// goes through `mask_text`. As JSON, line ends in it are escaped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Who: the label of the identity; of an unknown caller `unknown`.
    pub who: String,
    /// What kind of caller.
    pub kind: IdentityKind,
    /// From where; none for the hub itself.
    pub from: Option<IpAddr>,
    /// What was done.
    pub act: Act,
    /// To what, e.g. `device:pump-1`.
    pub object: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why, where a reason is asked for.
    pub reason: Option<String>,
    /// What else should be known, by name: codes and parameters, no sentences.
    pub detail: BTreeMap<String, String>,
}

/// The form of the bytes. A new form gets a new number; old lines keep theirs.
const VERSION: u8 = 1;

impl AuditLine {
    /// A line about somebody, or about nobody known.
    #[must_use]
    pub fn new(at: Timestamp, who: Option<&Identity>, from: Option<IpAddr>, act: Act, outcome: Outcome) -> Self {
        let kind = who.map_or(IdentityKind::Unknown, Identity::kind);
        let who = who.map_or_else(|| kind.id().to_owned(), Identity::label);
        Self { at, who, kind, from, act, object: None, outcome, reason: None, detail: BTreeMap::new() }
    }

    /// The bytes that the chain is made over: each field with its length, so that no two lines have the same.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let from = self.from.map(|from| from.to_canonical().to_string());
        let mut bytes = vec![VERSION];
        bytes.extend(self.at.ms().to_be_bytes());
        for text in [
            Some(self.who.as_str()),
            Some(self.kind.id()),
            from.as_deref(),
            Some(self.act.id()),
            self.object.as_deref(),
            Some(self.outcome.id()),
            self.reason.as_deref(),
        ] {
            put(&mut bytes, text);
        }
        bytes.extend((self.detail.len() as u64).to_be_bytes());
        for (name, value) in &self.detail {
            put(&mut bytes, Some(name));
            put(&mut bytes, Some(value));
        }
        bytes
    }
}

/// A text with its length; nothing is not an empty text.
fn put(bytes: &mut Vec<u8>, text: Option<&str>) {
    bytes.push(u8::from(text.is_some()));
    let text = text.unwrap_or_default();
    bytes.extend((text.len() as u64).to_be_bytes());
    bytes.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;

    fn line() -> AuditLine {
        let caller = Caller::person("7", "王小明", [].into());
        let from = Some("::ffff:10.0.0.1".parse().unwrap());
        let mut line = AuditLine::new(Timestamp::from_ms(1), Some(caller.identity()), from, Act::Export, Outcome::Done);
        line.detail.insert("rows".to_owned(), "10".to_owned());
        line
    }

    #[test]
    fn every_field_counts_and_none_runs_into_the_next() {
        let base = line();
        assert_eq!((base.who.as_str(), base.kind), ("person:7", IdentityKind::Person));
        let changes: [fn(&mut AuditLine); 12] = [
            |line| line.at = Timestamp::from_ms(2),
            |line| line.who.push('0'),
            |line| line.kind = IdentityKind::Service,
            |line| line.from = None,
            |line| line.act = Act::Unmask,
            |line| line.object = Some(String::new()),
            |line| line.object = Some("a".to_owned()),
            |line| line.reason = Some("a".to_owned()),
            |line| line.outcome = Outcome::Failed,
            |line| line.detail.clear(),
            |line| {
                line.detail.insert("rows".to_owned(), "11".to_owned());
            },
            |line| {
                line.detail = BTreeMap::from([("row".to_owned(), "s10".to_owned())]);
            },
        ];
        let mut all = vec![base.canonical()];
        for change in changes {
            let mut changed = base.clone();
            change(&mut changed);
            all.push(changed.canonical());
        }
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn is_the_same_after_json_and_stays_on_one_line() {
        let mut line = line();
        line.reason = Some("a\r\nforged line".to_owned());
        let json = serde_json::to_string(&line).unwrap();
        assert!(!json.contains(['\r', '\n']) && !json.contains("王小明"), "{json}");
        let read: AuditLine = serde_json::from_str(&json).unwrap();
        assert_eq!(read.canonical(), line.canonical());
    }
}
