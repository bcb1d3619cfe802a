//! What real devices do beside the standard. Names each deviation once; whether it is tolerated is the mode's business.

macro_rules! deviations {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A deviation from HJ 212-2017 that a device was seen with (偏差).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Deviation { $($(#[$doc])* $name,)* }

        impl Deviation {
            /// All of them, in the order of their bits.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable code that is counted.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

deviations! {
    /// The length field is not the number of bytes of the data segment; the check sum is right.
    LengthField = "length_field",
    /// More than 1024 bytes of data segment.
    Size = "size",
    /// Check sum in lower case.
    CrcCase = "crc_case",
    /// Check sum without its leading zeros.
    CrcDigits = "crc_digits",
    /// No CR LF behind the check sum.
    EndMark = "end_mark",
    /// Bytes that are no UTF-8.
    Encoding = "encoding",
    /// No request number in a frame of 2017.
    NoQn = "no_qn",
    /// A request number that is not 17 digits.
    QnForm = "qn_form",
    /// No system type, or not two digits (`ST=null`).
    StForm = "st_form",
    /// No command number, or not four digits.
    CnForm = "cn_form",
    /// No password, or more than nine characters.
    PwForm = "pw_form",
    /// No device number, or `null`.
    NoMn = "no_mn",
    /// A device number that is neither 24 of 0-9 A-F (2017) nor 14 letters and digits (2005).
    MnForm = "mn_form",
    /// A flag that is no number from 0 to 255.
    FlagForm = "flag_form",
    /// A flag of an edition after 2017.
    Version = "version",
    /// The flag promises packet numbers; there are none, or they are no numbers.
    NoPacketNumber = "no_packet_number",
    /// Packet numbers inside of CP.
    PacketNumberInCp = "pn_in_cp",
    /// Fields before CP that the standard does not know.
    UnknownField = "unknown_field",
    /// No `CP=` at all.
    NoCp = "no_cp",
    /// `CP=` without its `&&`, or something behind the closing one.
    CpMarks = "cp_marks",
    /// A separator with nothing before or behind it, as in `…=N;&&`.
    TailSeparator = "tail_separator",
    /// Something between separators that is no `name=value`.
    ItemForm = "item_form",
    /// A suffix said twice, as in `LA-Rtd-Rtd`.
    DoubledSuffix = "doubled_suffix",
    /// Spaces around a name.
    Space = "space",
    /// A DataTime of other than 14 digits.
    TimeDigits = "time_digits",
}

/// Which deviations one frame has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deviations(u32);

impl Deviations {
    /// Adds one.
    pub const fn add(&mut self, deviation: Deviation) {
        self.0 |= 1 << deviation as u32;
    }

    /// Adds one where `seen`.
    pub const fn add_if(&mut self, seen: bool, deviation: Deviation) {
        if seen {
            self.add(deviation);
        }
    }

    /// Whether it is there.
    #[must_use]
    pub const fn has(self, deviation: Deviation) -> bool {
        self.0 & (1 << deviation as u32) != 0
    }

    /// Those that are there.
    pub fn iter(self) -> impl Iterator<Item = Deviation> {
        // most frames have none: nothing is walked for them
        let all = if self.0 == 0 { &[] } else { Deviation::ALL };
        all.iter().copied().filter(move |one| self.has(*one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deviation_has_a_bit_and_a_code_of_its_own() {
        assert!(Deviation::ALL.len() <= 32);
        let mut codes: Vec<_> = Deviation::ALL.iter().map(|one| one.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Deviation::ALL.len());
    }
}
