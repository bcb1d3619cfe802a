//! Which addresses the hub may call on somebody's word (防止内网探测, SSRF). Judged by the address that is connected to,
//! never by a name: a name may mean something else the next time that it is looked up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A span of addresses, e.g. `10.0.0.0/8` or `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    address: IpAddr,
    bits: u8,
}

/// A text that is no span of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("network is {read:?}; expected an address with a length such as 10.0.0.0/8 or fd00::/8")]
pub struct BadNet {
    /// What was read.
    pub read: String,
}

impl Net {
    /// Reads `address/length`; an address alone means itself.
    ///
    /// # Errors
    /// [`BadNet`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, BadNet> {
        let bad = || BadNet { read: text.chars().take(80).collect() };
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| bad())?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most { Err(bad()) } else { Ok(Self { address, bits }) }
    }

    /// True when the address lies within.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(net), IpAddr::V4(one)) => {
                let cut = 32 - u32::from(self.bits);
                u32::from(net).checked_shr(cut).unwrap_or(0) == u32::from(one).checked_shr(cut).unwrap_or(0)
            }
            (IpAddr::V6(net), IpAddr::V6(one)) => {
                let cut = 128 - u32::from(self.bits);
                u128::from(net).checked_shr(cut).unwrap_or(0) == u128::from(one).checked_shr(cut).unwrap_or(0)
            }
            _ => false,
        }
    }
}

/// Lets the hub call the public internet, and besides that only what is allowed by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressGuard {
    allow: Vec<Net>,
}

impl AddressGuard {
    /// A guard that lets these pass besides public addresses.
    #[must_use]
    pub fn new(allow: Vec<Net>) -> Self {
        Self { allow }
    }

    /// True when the hub may connect to the address.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = plain(address);
        self.allow.iter().any(|net| net.holds(address)) || is_public(address)
    }
}

/// An IPv4 address that is wrapped in an IPv6 one (mapped, compatible, NAT64, 6to4) is judged as what it is.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    let v4 = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match six.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => v4(high, low),
        _ => address,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0, ..] | [10, ..] | [127, ..] => true, // this network, private, loopback
        [100, b, ..] => b & 0xc0 == 64,         // shared by carriers; clouds keep their metadata here too
        [169, 254, ..] => true,                 // link-local, and most clouds' metadata
        [172, b, ..] => b & 0xf0 == 16,         // private
        [192, 168, ..] | [192, 0, 0, _] | [192, 0, 2, _] => true,
        [192, 88, 99, _] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        [198, b, ..] => b & 0xfe == 18, // benchmarks
        [168, 63, 129, 16] => true,     // a cloud's own server, on a public address
        [a, ..] => a >= 224,            // multicast, reserved, broadcast
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // what is given out today is 2000::/3; of that, documentation, benchmarks and the tunnels of Teredo
    first & 0xe000 == 0x2000 && !(first == 0x2001 && (second < 0x200 || second == 0xdb8)) && first != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_called_unless_allowed() {
        let open = AddressGuard::default();
        let permits = |guard: &AddressGuard, text: &str| guard.permits(text.parse().unwrap());
        for bad in [
            "127.0.0.1",
            "127.1.2.3",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "2002:a00:1::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "::ffff:169.254.169.254",
        ] {
            assert!(!permits(&open, bad), "{bad}");
        }
        for good in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "223.5.5.5", "2606:4700::1111", "::ffff:1.1.1.1", "2400:3200::1"]
        {
            assert!(permits(&open, good), "{good}");
        }
        let some = AddressGuard::new(vec![Net::parse("10.1.0.0/16").unwrap(), Net::parse("::1").unwrap()]);
        assert!(permits(&some, "10.1.255.1") && permits(&some, "::1") && permits(&some, "::ffff:10.1.0.1"));
        assert!(!permits(&some, "10.2.0.1") && !permits(&some, "127.0.0.1"));
        assert!(permits(&AddressGuard::new(vec![Net::parse("0.0.0.0/0").unwrap()]), "127.0.0.1"));
        for bad in ["", "10.0.0.0/33", "10.0.0", "a/8", "10.0.0.0/-1", "::/129"] {
            assert!(Net::parse(bad).is_err(), "{bad}");
        }
    }
}
