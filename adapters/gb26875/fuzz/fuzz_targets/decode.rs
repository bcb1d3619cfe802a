//! Any bytes: explained without a panic, and every explained frame can be written again as it was.
#![no_main]

use chengshu_core::model::Timestamp;
use chengshu_gb26875::{Setup, encode, explain};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let now = Timestamp::from_ms(1_795_336_920_000);
    for row in explain(data, &Setup::default(), now) {
        let Some(offset) = row["offset"].as_u64() else { continue };
        if row["ok"] == true {
            let bytes = encode(&row["frame"]).expect("what was decoded can be encoded");
            assert!(data[offset as usize..].starts_with(&bytes));
        }
    }
});
