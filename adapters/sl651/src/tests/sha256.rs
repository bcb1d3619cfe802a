//! SHA-256 (FIPS 180-4), so that one vector's digest can be checked without another dependency.

/// The digest, in lower-case hexadecimal digits.
pub(super) fn sha256(message: &[u8]) -> String {
    let mut primes = (2u64..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0));
    let primes: Vec<u64> = primes.by_ref().take(64).collect();
    // the first 32 bits of the fractional part of the n-th root
    let part = |p: u64, cube: bool| {
        let (mut low, mut high) = (0u128, 1u128 << 40);
        while high - low > 1 {
            let mid = (low + high) / 2;
            let fits = if cube { mid * mid * mid <= u128::from(p) << 96 } else { mid * mid <= u128::from(p) << 64 };
            if fits { low = mid } else { high = mid }
        }
        low as u32
    };
    let k: Vec<u32> = primes.iter().map(|p| part(*p, true)).collect();
    let mut h: Vec<u32> = primes.iter().take(8).map(|p| part(*p, false)).collect();
    let mut data = message.to_vec();
    data.push(0x80);
    data.resize(data.len().next_multiple_of(64) + if data.len() % 64 > 56 { 64 } else { 0 }, 0);
    let len = data.len();
    data[len - 8..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in data.chunks(64) {
        let mut w: Vec<u32> = block.chunks(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]])).collect();
        for i in 16..64 {
            let s0 = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ (w[i - 15] >> 3);
            let s1 = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ (w[i - 2] >> 10);
            w.push(w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1));
        }
        let mut v = h.clone();
        for i in 0..64 {
            let s1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let ch = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let t1 = v[7].wrapping_add(s1).wrapping_add(ch).wrapping_add(k[i]).wrapping_add(w[i]);
            let s0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let t2 = s0.wrapping_add((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v.rotate_right(1);
            v[0] = t1.wrapping_add(t2);
            v[4] = v[4].wrapping_add(t1);
        }
        for (a, b) in h.iter_mut().zip(v) {
            *a = a.wrapping_add(b);
        }
    }
    h.iter().map(|word| format!("{word:08x}")).collect()
}

#[test]
fn digest_of_abc() {
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
