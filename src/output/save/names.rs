//! File names: strftime's conversions in local time, and numbers.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Wider fields make names that no file system takes.
const MAX_WIDTH: usize = 4096;

/// A conversion of strftime(3) with the flags that glibc knows.
struct Conversion {
    letter: u8,
    /// `_`, `-` or `0`: what numbers are filled with.
    fill: Option<u8>,
    upper: bool,
    opposite: bool,
    width: usize,
}

impl Conversion {
    /// The conversion after a percent sign, and the octets that it takes; nothing
    /// where there is none.
    fn parse(octets: &[u8]) -> Option<(Self, usize)> {
        let mut conversion = Conversion { letter: 0, fill: None, upper: false, opposite: false, width: 0 };
        let mut at = 0;
        while let Some(&flag) = octets.get(at) {
            match flag {
                b'_' | b'-' | b'0' => conversion.fill = Some(flag),
                b'^' => conversion.upper = true,
                b'#' => conversion.opposite = true,
                _ => break,
            }
            at += 1;
        }
        while let Some(digit) = octets.get(at).filter(|octet| octet.is_ascii_digit()) {
            conversion.width = (conversion.width * 10 + usize::from(digit - b'0')).min(MAX_WIDTH);
            at += 1;
        }
        // The alternatives of other locales are the plain ones in the C locale.
        let unchanged: &[u8] = match octets.get(at)? {
            b'E' => b"ABDFGHIMSUVWabdeghjklmw",
            b'O' => b"ADFXYacx",
            _ => b"",
        };
        if matches!(octets[at], b'E' | b'O') {
            at += 1;
        }
        conversion.letter = *octets.get(at)?;
        let known = b"ABCDFGHIMPRSTUVWXYZabcdeghjklmnprstuwxyz%".contains(&conversion.letter);
        (known && !unchanged.contains(&conversion.letter)).then_some((conversion, at + 1))
    }

    /// Digits and filling of a number; nothing for text.
    fn number(&self) -> Option<(usize, u8)> {
        match self.letter {
            b'C' | b'd' | b'g' | b'H' | b'I' | b'm' | b'M' | b'S' | b'U' | b'V' | b'W' | b'y' => Some((2, b'0')),
            b'e' | b'k' | b'l' => Some((2, b' ')),
            b'j' => Some((3, b'0')),
            b's' => Some((1, b' ')),
            b'G' | b'u' | b'w' | b'Y' => Some((1, b'0')),
            _ => None,
        }
    }

    fn write(&self, name: &mut Vec<u8>, time: &Zoned) {
        let letter = [b'%', self.letter];
        let format: &[u8] = match self.letter {
            b'c' => b"%a %b %e %H:%M:%S %Y",
            b'r' => b"%I:%M:%S %p",
            b'X' => b"%H:%M:%S",
            b'x' => b"%m/%d/%y",
            b'n' => b"\n",
            b't' => b"\t",
            _ => &letter,
        };
        // Every one of these formats is valid, and a zoned time has all the parts.
        let mut text = jiff::fmt::strtime::format(format, time).unwrap_or_default();
        let (digits, mut filling) = self.number().unwrap_or((0, b' '));
        if digits > 0 {
            let bare = text.trim_start_matches([' ', '0']);
            text = if bare.is_empty() { "0".to_owned() } else { bare.to_owned() };
        }
        match self.letter {
            b'A' | b'a' | b'B' | b'b' | b'h' if self.upper || self.opposite => text.make_ascii_uppercase(),
            b'p' | b'Z' if self.opposite => text.make_ascii_lowercase(),
            b'P' => {}
            _ if self.upper => text.make_ascii_uppercase(),
            _ => {}
        }
        let mut width = digits.max(self.width);
        match self.fill {
            Some(b'_') => filling = b' ',
            Some(b'0') => filling = b'0',
            Some(_) => (width, filling) = (self.width, b' '),
            None => {}
        }
        name.extend(std::iter::repeat_n(filling, width.saturating_sub(text.len())));
        name.extend_from_slice(text.as_bytes());
    }
}

/// The text that strftime(3) makes of `template` in the C locale for a second
/// since 1970; what is no conversion stays as it is.
pub(super) fn strftime(template: &OsStr, second: i64, zone: &TimeZone) -> OsString {
    let range = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let time = Timestamp::from_second(second.clamp(range.0, range.1)).unwrap_or_default().to_zoned(zone.clone());
    let mut name = Vec::new();
    let mut rest = template.as_bytes();
    while let Some((&octet, after)) = rest.split_first() {
        match Conversion::parse(after).filter(|_| octet == b'%') {
            Some((conversion, taken)) => {
                conversion.write(&mut name, &time);
                rest = &after[taken..];
            }
            None => {
                name.push(octet);
                rest = after;
            }
        }
    }
    OsString::from_vec(name)
}

/// Whether the time changes what strftime(3) makes of `template`.
pub(crate) fn varies(template: &OsStr) -> bool {
    let octets = template.as_bytes();
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        at += 1;
        if octet == b'%'
            && let Some((conversion, taken)) = Conversion::parse(&octets[at..])
        {
            if !matches!(conversion.letter, b'%' | b'n' | b't') {
                return true;
            }
            at += taken;
        }
    }
    false
}

/// A name, and the ending of it that asks for compression, as in `x.pcap` and `.gz`.
pub(super) fn split(name: OsString) -> (OsString, OsString) {
    let ending = super::format_of(Path::new(&name)).0.and_then(|_| name.as_bytes().iter().rposition(|&c| c == b'.'));
    let mut name = name.into_vec();
    let ending = ending.map_or_else(Vec::new, |at| name.split_off(at));
    (OsString::from_vec(name), OsString::from_vec(ending))
}

/// A name with a number of at least `digits` digits; without digits the first,
/// number 0, has none.
pub(super) fn numbered(mut name: OsString, number: u64, digits: usize) -> OsString {
    if number > 0 || digits > 0 {
        name.push(format!("{number:0digits$}"));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2004-02-29 03:04:05 UTC, and the same hour in summer in New York.
    const TIMES: [i64; 2] = [1_078_023_845, 1_688_180_645];

    fn text(template: &str, second: i64) -> String {
        let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        strftime(OsStr::new(template), second, &zone).into_string().unwrap()
    }

    #[test]
    fn conversions_are_those_of_strftime() {
        // As strftime(3) of glibc prints them in the C locale.
        let rows = [
            ("%Y-%m-%d_%H.%M.%S", "2004-02-28_22.04.05", "2023-06-30_23.04.05"),
            ("%s %%s %z %Z", "1078023845 %s -0500 EST", "1688180645 %s -0400 EDT"),
            ("%a %A %b %B %h", "Sat Saturday Feb February Feb", "Fri Friday Jun June Jun"),
            (
                "%c|%x|%X|%r",
                "Sat Feb 28 22:04:05 2004|02/28/04|22:04:05|10:04:05 PM",
                "Fri Jun 30 23:04:05 2023|06/30/23|23:04:05|11:04:05 PM",
            ),
            ("%D %F %T %R", "02/28/04 2004-02-28 22:04:05 22:04", "06/30/23 2023-06-30 23:04:05 23:04"),
            ("%C %y %g %G %V %U %W", "20 04 04 2004 09 08 08", "20 23 23 2023 26 26 26"),
            ("%j %u %w %e %k %l %I %p %P", "059 6 6 28 22 10 10 PM pm", "181 5 5 30 23 11 11 PM pm"),
            (
                "%-m|%_m|%3d|%-3d|%_4H|%^a|%#B|%#Z|%5a|%05p",
                "2| 2|028| 28|  22|SAT|FEBRUARY|est|  Sat|000PM",
                "6| 6|030| 30|  23|FRI|JUNE|edt|  Fri|000PM",
            ),
            ("%Ey %OH %EC %Ez %EH %OY", "04 22 20 -0500 %EH %OY", "23 23 20 -0400 %EH %OY"),
            ("%f %N %q %Q %i %L %+ %: % ", "%f %N %q %Q %i %L %+ %: % ", "%f %N %q %Q %i %L %+ %: % "),
            ("%", "%", "%"),
            ("a%5", "a%5", "a%5"),
        ];
        for (template, winter, summer) in rows {
            assert_eq!(TIMES.map(|second| text(template, second)), [winter, summer], "{template}");
        }
    }

    #[test]
    fn any_second_and_any_width_make_a_name() {
        for second in [i64::MIN, -1, 0, 253_402_300_800, i64::MAX] {
            assert!(!text("%Y%s", second).is_empty());
        }
        assert_eq!(text("%99999999999999999999Y", 0).len(), MAX_WIDTH);
        let octets = OsStr::from_bytes(b"\xff%\xff%Y");
        assert_eq!(strftime(octets, 0, &TimeZone::UTC).as_bytes(), b"\xff%\xff1970");
    }

    #[test]
    fn numbers_follow_the_name() {
        let numbers = |digits| [0, 1, 10].map(|n| numbered("a".into(), n, digits).into_string().unwrap());
        assert_eq!(numbers(0), ["a", "a1", "a10"]);
        assert_eq!(numbers(2), ["a00", "a01", "a10"]);
    }

    #[test]
    fn a_name_varies_with_a_conversion() {
        assert_eq!(
            ["o.pcap", "o-%s", "100%%", "%f", "%n%_5d", "%"].map(|name| varies(OsStr::new(name))),
            [false, true, false, false, true, false]
        );
    }
}
