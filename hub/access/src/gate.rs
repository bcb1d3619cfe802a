//! The gate before every look at a password: accounts and addresses together, in bounded memory. Treats names that are
//! no account's like those that are, so that nobody learns which exist. Keeps no names, only hashes of them.

use std::net::{IpAddr, Ipv6Addr};

use chengshu_core::model::Timestamp;
use sha2::{Digest, Sha256};

use crate::capped::Capped;
use crate::lockout::{Account, Event, Lock, LockoutSettings, step};

/// An address as limits count it: of IPv6 the network of 64 bits, since whoever has one address there has all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressKey(IpAddr);

impl AddressKey {
    /// The key of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(six) => Self(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX)).into()),
            four => Self(four),
        }
    }
}

/// Whether a password is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Look, then say whether it was right or wrong.
    Check,
    /// The account is locked, or would be if there were such an account.
    AccountLocked {
        /// Until then.
        until: Timestamp,
    },
    /// The address tries too much; no account was touched.
    AddressLimited {
        /// Until then.
        until: Timestamp,
    },
}

type AccountKey = [u8; 16];

/// Tries in the window that did not turn out right, oldest first; never more than the settings allow.
type Tries = Vec<(Timestamp, AccountKey)>;

/// The gate (登录闸口). One in the hub; every sign-in asks it first.
#[derive(Debug)]
pub struct Gate {
    settings: LockoutSettings,
    accounts: Capped<AccountKey, Account>,
    addresses: Capped<AddressKey, Tries>,
}

impl Gate {
    /// At most `cap` names and `cap` addresses are remembered.
    #[must_use]
    pub fn new(settings: LockoutSettings, cap: usize) -> Self {
        Self { settings, accounts: Capped::new(cap), addresses: Capped::new(cap) }
    }

    /// Asks before a password is looked at. The try counts from now on, until it turns out right.
    pub fn attempt(&mut self, account: &str, from: IpAddr, now: Timestamp) -> Verdict {
        let (account, address) = (key(account), AddressKey::of(from));
        let mut tries = self.tries(address, now);
        if let Some(until) = self.limited(&tries) {
            return Verdict::AddressLimited { until };
        }
        tries.push((now, account));
        self.put_tries(address, tries, now);
        match self.step(account, Event::Try, now) {
            Lock::Open => Verdict::Check,
            Lock::Locked { until } => Verdict::AccountLocked { until },
        }
    }

    /// The try was right in all its factors. The account starts anew; the address is given back this account's tries
    /// only: one's own account is no way to wash an address clean.
    pub fn right(&mut self, account: &str, from: IpAddr, now: Timestamp) {
        let (account, address) = (key(account), AddressKey::of(from));
        self.accounts.remove(&account);
        let mut tries = self.tries(address, now);
        tries.retain(|(_, tried)| *tried != account);
        self.put_tries(address, tries, now);
    }

    /// The try was wrong; tells whether the account is locked by it, for the audit.
    pub fn wrong(&mut self, account: &str, now: Timestamp) -> Lock {
        self.step(key(account), Event::Wrong, now)
    }

    /// A security administrator unlocks the account.
    pub fn unlock(&mut self, account: &str) {
        self.accounts.remove(&key(account));
    }

    /// Until when the account is locked.
    #[must_use]
    pub fn locked_until(&self, account: &str, now: Timestamp) -> Option<Timestamp> {
        self.accounts.get(&key(account))?.locked_until(now)
    }

    /// How an account stands, to be kept by the store; none when nothing is remembered.
    #[must_use]
    pub fn standing(&self, account: &str) -> Option<Account> {
        self.accounts.get(&key(account)).cloned()
    }

    /// An account as the store has kept it: for a hub that starts.
    pub fn restore(&mut self, account: &str, standing: Account, now: Timestamp) {
        self.accounts.put(key(account), standing, |standing| standing.locked_until(now).is_none());
    }

    /// From now on these settings count; what is known of accounts and addresses stays.
    pub fn settle(&mut self, settings: LockoutSettings) {
        self.settings = settings;
    }

    fn step(&mut self, account: AccountKey, event: Event, now: Timestamp) -> Lock {
        let state = self.accounts.get(&account).cloned().unwrap_or_default();
        let (state, lock) = step(&self.settings, state, event, now);
        self.accounts.put(account, state, |state| state.locked_until(now).is_none());
        lock
    }

    fn tries(&self, address: AddressKey, now: Timestamp) -> Tries {
        let window = i64::from(self.settings.window_s) * 1000;
        let known = self.addresses.get(&address).map(Vec::as_slice).unwrap_or_default();
        known.iter().filter(|(at, _)| now.since(*at) < window).copied().collect()
    }

    fn put_tries(&mut self, address: AddressKey, tries: Tries, now: Timestamp) {
        if tries.is_empty() {
            self.addresses.remove(&address);
            return;
        }
        let window = i64::from(self.settings.window_s) * 1000;
        self.addresses.put(address, tries, |tries| tries.iter().all(|(at, _)| now.since(*at) >= window));
    }

    /// When enough of the tries will have left the window; none when there are not too many.
    fn limited(&self, tries: &[(Timestamp, AccountKey)]) -> Option<Timestamp> {
        let too_many = |tries: &[(Timestamp, AccountKey)]| {
            let mut accounts: Vec<&AccountKey> = tries.iter().map(|(_, account)| account).collect();
            accounts.sort_unstable();
            accounts.dedup();
            tries.len() >= self.settings.address_wrong.max(1) as usize
                || accounts.len() >= self.settings.address_accounts.max(1) as usize
        };
        let last = (0..tries.len()).take_while(|from| tries.get(*from..).is_some_and(too_many)).last()?;
        tries.get(last).map(|(at, _)| at.after(self.settings.window()))
    }
}

/// Names are hashed: people type passwords into the field of the name, and a long name is no way to fill the memory.
fn key(account: &str) -> AccountKey {
    let hash: [u8; 32] = Sha256::digest(account.trim().to_lowercase().as_bytes()).into();
    std::array::from_fn(|at| hash[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1000)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_are_counted_by_what_one_person_has() {
        for (one, two, same) in [
            ("10.0.0.1", "::ffff:10.0.0.1", true),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("10.0.0.1", "10.0.0.2", false),
        ] {
            assert_eq!(AddressKey::of(ip(one)) == AddressKey::of(ip(two)), same, "{one} {two}");
        }
    }

    #[test]
    fn an_account_is_locked_wherever_it_is_tried_from_and_however_it_is_written() {
        let mut gate = Gate::new(LockoutSettings::default(), 1000);
        for (n, name) in ["wang", "WANG", " wang ", "Wang", "wang"].into_iter().enumerate() {
            assert_eq!(gate.attempt(name, ip(&format!("10.0.0.{n}")), at(0)), Verdict::Check);
        }
        assert_eq!(gate.wrong("wang", at(1)), Lock::Locked { until: at(900) });
        assert_eq!(gate.attempt("wang", ip("10.0.1.1"), at(1)), Verdict::AccountLocked { until: at(900) });
        assert_eq!(gate.attempt("li", ip("10.0.0.1"), at(1)), Verdict::Check);
        gate.unlock("wang");
        assert_eq!((gate.locked_until("wang", at(1)), gate.locked_until("li", at(1))), (None, None));
    }

    #[test]
    fn one_password_on_everybody_limits_the_address_and_locks_nobody() {
        let mut gate = Gate::new(LockoutSettings::default(), 1000);
        let from = ip("10.0.0.1");
        let checks =
            (0..1000).filter(|n| gate.attempt(&format!("user{n}"), from, at(*n / 10)) == Verdict::Check).count();
        assert_eq!(checks, 10);
        assert_eq!(gate.attempt("user5000", from, at(100)), Verdict::AddressLimited { until: at(900) });
        assert_eq!(gate.attempt("user5000", ip("10.0.0.2"), at(100)), Verdict::Check);
        assert_eq!(gate.attempt("user5000", from, at(900)), Verdict::Check);
    }

    #[test]
    fn ones_own_account_does_not_wash_an_address() {
        let mut gate = Gate::new(LockoutSettings::default(), 1000);
        let from = ip("10.0.0.1");
        let mut checks = 0;
        for n in 0..100 {
            checks += u32::from(gate.attempt(&format!("victim{n}"), from, at(0)) == Verdict::Check);
            if gate.attempt("mine", from, at(0)) == Verdict::Check {
                gate.right("mine", from, at(0));
            }
        }
        assert_eq!(checks, 10);
        // an office full of people who know their passwords is not limited
        let office = ip("10.0.0.9");
        for n in 0..500 {
            assert_eq!(gate.attempt(&format!("clerk{n}"), office, at(0)), Verdict::Check);
            gate.right(&format!("clerk{n}"), office, at(0));
        }
    }

    #[test]
    fn invented_names_do_not_free_a_locked_account() {
        let mut gate = Gate::new(LockoutSettings::default(), 100);
        for _ in 0..5 {
            let _ = gate.attempt("wang", ip("10.9.9.9"), at(0));
        }
        for n in 0..10_000_u32 {
            let _ = gate.attempt(&format!("n{n}"), IpAddr::from(n.to_be_bytes()), at(1));
        }
        assert_eq!(gate.locked_until("wang", at(1)), Some(at(900)));
        assert!(gate.accounts.len() <= 100 && gate.addresses.len() <= 100);
    }
}
