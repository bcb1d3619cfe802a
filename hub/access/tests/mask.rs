//! Masking: the forms of the field, and the property that nothing hidden comes out again. Knows no routes.

use chengshu_access::{
    Address, Caller, Contact, Grant, IdNumber, Masked, Object, PersonName, Personal, Phone, Purpose, Role,
};
use chengshu_access::{is_identity, mask_text};
use chengshu_core::model::Timestamp;
use proptest::prelude::*;

#[test]
fn each_kind_is_masked_by_its_convention() {
    for (text, masked) in [
        ("13812345678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("+8613812345678", "+86 138****5678"),
        ("0086-138-1234-5678", "+86 138****5678"),
        ("0662-3123456", "0662-****456"),
        ("06623123456", "0662-****456"),
        ("010-12345678", "010-****5678"),
        ("3123456", "****456"),
        ("12345", "12345"),
        ("400-820-8820", "4008208820"),
        ("0662-3123456转801", "**************"), // an extension: no form that is known
        ("无", "*"),
        ("", ""),
    ] {
        assert_eq!(Phone::mask(text), masked, "{text}");
    }
    for (text, masked) in [
        ("441702199001010011", "441702********0011"),
        ("11010519491231002X", "110105********002X"),
        ("441702 19900101 0011", "441702********0011"),
        ("441702900101001", "4*************1"),
        ("E12345678", "E*******8"),
        ("1234567", "*******"),
    ] {
        assert_eq!(IdNumber::mask(text), masked, "{text}");
    }
    for (text, masked) in [("王小明", "王**"), ("王", "*"), ("欧阳娜娜", "欧***"), ("John Smith", "J***"), ("", "")]
    {
        assert_eq!(PersonName::mask(text), masked, "{text}");
    }
    for (text, masked) in [
        ("广东省阳江市江城区城南街道东风一路12号3栋502", "广东省阳江市江城区城南街道****"),
        ("阳江市江城区东风一路12号", "阳江市江城区****"),
        ("江城区幸福小区5栋", "江城区****"),
        ("阳东区东平镇允泊村委会", "阳东区东平镇****"),
        ("幸福花园小区3栋", "****"),
        ("5栋 城南街道", "****"),
        ("城南街道", "城南街道****"),
        ("Room 502, Sunshine Tower", "****"),
        ("", ""),
    ] {
        assert_eq!(Address::mask(text), masked, "{text}");
    }
}

#[test]
fn free_text_loses_numbers_of_people_and_keeps_the_others() {
    for (text, masked) in [
        ("来电13812345678反映积水", "来电138****5678反映积水"),
        ("电话：138-1234-5678，请回电", "电话：138****5678，请回电"),
        ("138 1234 5678/139 8765 4321", "138****5678/139****4321"),
        ("13812345678 13987654321", "138****5678 139****4321"),
        ("+86 13812345678", "+86 138****5678"),
        ("8613812345678", "+86 138****5678"),
        ("办公室0662-3123456", "办公室0662-****456"),
        ("（0662）3123456", "0662-****456"),
        ("138.1234.5678", "138****5678"),
        ("13812345678x2", "138****5678x2"),
        ("身份证441702199001010011。", "身份证441702********0011。"),
        ("１１０１０５１９４９１２３１００２Ｘ", "110105********002X"),
        ("id 11010519491231002x", "id 110105********002X"),
        ("441702 19900101 0011", "441702********0011"),
        ("110105 19491231 002X", "110105********002X"),
        // not people's
        ("441702199001010012", "441702199001010012"), // the check digit is wrong: a device's id
        ("1795336920000", "1795336920000"),           // a time in ms
        ("2026-11-22 16:42:00", "2026-11-22 16:42:00"),
        ("SN 138123456789", "SN 138123456789"),
        ("水位 1.38 米, 流量 12345678 立方", "水位 1.38 米, 流量 12345678 立方"),
        ("拨打12345或110", "拨打12345或110"),
        ("111.95536, 21.86143", "111.95536, 21.86143"),
        ("192.168.100.20 192.168.100.200", "192.168.100.20 192.168.100.200"),
        ("135.12345678", "135.12345678"),
        ("", ""),
    ] {
        assert_eq!(mask_text(text), masked, "{text}");
    }
    for (text, right) in
        [("440524188001010014", true), ("440524188013010014", false), ("44052418800101001", false), ("字", false)]
    {
        assert_eq!(is_identity(text), right, "{text}");
    }
}

#[test]
fn shows_itself_masked_and_is_revealed_with_a_proof() {
    let phone: Personal<Phone> = serde_json::from_str(r#""13812345678""#).unwrap();
    assert_eq!(format!("{phone} {phone:?} {:?}", Some(&phone)), "138****5678 138****5678 Some(138****5678)");
    assert_eq!(serde_json::to_string(&phone).unwrap(), r#""138****5678""#);
    let person = Caller::person("7", "王", [Grant::from(Role::Dispatcher)].into());
    let proof = person.unmask(Purpose::HandleCase, "回电确认位置", &Object::of_theme("service"), Timestamp::from_ms(0));
    assert_eq!(phone.reveal(&proof.unwrap()), "13812345678");
}

fn identity() -> impl Strategy<Value = String> {
    ("[1-6][0-9]{5}", 1900..2030_u32, 1..13_u32, 1..29_u32, "[0-9]{3}").prop_filter_map(
        "",
        |(area, y, m, d, serial)| {
            let body = format!("{area}{y}{m:02}{d:02}{serial}");
            "0123456789X".chars().map(|check| format!("{body}{check}")).find(|text| is_identity(text))
        },
    )
}

proptest! {
    #[test]
    fn middle_digits_never_come_out(number in "1[3-9][0-9]{9}", before in "[^0-9０-９xX. ()（）·\u{a0}\u{3000}—–－-]{0,9}", after in "[a-z一-龥，。/]{0,9}") {
        prop_assert_eq!(Phone::mask(&number), format!("{}****{}", &number[..3], &number[7..]));
        for form in [
            number.clone(),
            format!("{} {} {}", &number[..3], &number[3..7], &number[7..]),
            format!("{}-{}-{}", &number[..3], &number[3..7], &number[7..]),
            number.chars().map(|digit| char::from_u32(u32::from(digit) - 0x30 + 0xFF10).unwrap()).collect(),
        ] {
            let masked = mask_text(&format!("{before}{form}{after}"));
            prop_assert_eq!(masked, format!("{before}{}****{}{after}", &number[..3], &number[7..]));
        }
    }

    #[test]
    fn birthdays_never_come_out(number in identity(), before in "[a-z一-龥，。/]{0,9}", after in "[a-zX一-龥，。/]{0,9}") {
        let masked = mask_text(&format!("{before}{number}{after}"));
        prop_assert_eq!(masked, format!("{before}{}********{}{after}", &number[..6], &number[14..]));
    }

    #[test]
    fn whatever_the_text_nothing_breaks(text in "[0-9０-９xX +86()（）.·a汉-]{0,60}", any in ".{0,60}") {
        for text in [text, any] {
            let masked = mask_text(&text);
            prop_assert!(masked.len() <= text.len() + 8 * (1 + text.len() / 11));
            let _ = (Phone::mask(&text), IdNumber::mask(&text), PersonName::mask(&text), Address::mask(&text));
        }
    }

    /// Whatever is written into a telephone field: at least four digits of a number of seven or more are hidden.
    #[test]
    fn a_phone_field_hides_four_digits(text in "[0-9]{7,16}") {
        let shown = Phone::mask(&text).chars().filter(char::is_ascii_digit).count();
        prop_assert!(shown + 4 <= text.len() || text.starts_with("400") || text.starts_with("800"), "{}", Phone::mask(&text));
    }
}

#[test]
fn a_contact_shows_of_each_name_its_first_character_and_no_whole_number() {
    for (contact, shown) in [
        ("李工 13812345678", "李* 138****5678"),
        ("张三丰/李四：0662-3456789", "张**/李*：0662-****789"),
        ("值班室 3456789", "值** ****789"),
        ("值班室 119", "值** 119"),
        ("Wang Li 138-1234-5678", "W*** L* 138****5678"),
        ("", ""),
        ("王", "*"),
    ] {
        assert_eq!(Personal::<Contact>::new(contact).masked(), shown, "{contact}");
    }
}
