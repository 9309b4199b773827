//! What can be written into a line: text, numbers, addresses and table look-ups.
//!
//! A tuple writes its parts in order. Its parts are evaluated before the first
//! is written, so a read that fails loses the whole clause, as it does in
//! tcpdump: `o.put((", ttl ", v.u8(8)?, ", id ", v.u16(4)?))`.

use crate::line::Line;
use crate::names::{self, PortKind};
use crate::out::Out;
use crate::room;

/// Something that writes itself into the current line.
pub trait Put: Sized {
    /// Appends the text to `o`'s line.
    fn put(self, o: &mut Out);

    /// The room in octets that suffices for [`Put::write`], where it may be called:
    /// where the text needs nothing of `o` but that.
    #[inline(always)]
    fn room(&self, _: &Out) -> Option<usize> {
        None
    }

    /// Writes what [`Put::put`] would at the start of `room`, and gives back the rest.
    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        room
    }
}

impl Put for &str {
    #[inline(always)]
    fn put(self, o: &mut Out) {
        o.line.str(self);
    }

    #[inline(always)]
    fn room(&self, _: &Out) -> Option<usize> {
        Some(self.len())
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        room::str(room, self)
    }
}

/// An IPv6 address that is never looked up: its text alone.
#[derive(Clone, Copy)]
pub struct Ipv6Text(pub [u8; 16]);

impl Put for Ipv6Text {
    fn put(self, o: &mut Out) {
        o.paint(Paint::Address, |o| o.line.ipv6(self.0));
    }
}

/// Nothing.
impl Put for () {
    #[inline]
    fn put(self, _: &mut Out) {}

    #[inline(always)]
    fn room(&self, _: &Out) -> Option<usize> {
        Some(0)
    }
}

/// The value if there is one.
impl<P: Put> Put for Option<P> {
    #[inline]
    fn put(self, o: &mut Out) {
        if let Some(value) = self {
            value.put(o);
        }
    }

    #[inline(always)]
    fn room(&self, o: &Out) -> Option<usize> {
        self.as_ref().map_or(Some(0), |value| value.room(o))
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        match self {
            Some(value) => value.write(room),
            None => room,
        }
    }
}

macro_rules! put_unsigned {
    ($($type:ty),*) => {$(
        /// In decimal.
        impl Put for $type {
            #[inline]
            fn put(self, o: &mut Out) {
                o.line.dec(self as u64);
            }

            #[inline(always)]
            fn room(&self, _: &Out) -> Option<usize> {
                Some(room::DEC)
            }

            #[inline(always)]
            fn write(self, room: &mut [u8]) -> &mut [u8] {
                room::dec(room, self as u64)
            }
        }
    )*};
}
put_unsigned!(u8, u16, u32, u64, usize);

macro_rules! put_signed {
    ($($type:ty),*) => {$(
        /// In decimal with a leading minus where it is negative.
        impl Put for $type {
            #[inline]
            fn put(self, o: &mut Out) {
                if self < 0 {
                    o.line.byte(b'-');
                }
                o.line.dec(self.unsigned_abs() as u64);
            }
        }
    )*};
}
put_signed!(i8, i16, i32, i64);

/// One ASCII character of this program's own text; packet bytes go through
/// [`Out::char`], which escapes them.
impl Put for char {
    #[inline]
    fn put(self, o: &mut Out) {
        let mut bytes = [0; 4];
        o.line.str(self.encode_utf8(&mut bytes));
    }

    #[inline(always)]
    fn room(&self, _: &Out) -> Option<usize> {
        // UTF-8 needs no more.
        Some(4)
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        let mut bytes = [0; 4];
        room::str(room, self.encode_utf8(&mut bytes))
    }
}

macro_rules! put_tuple {
    ($($name:ident)*) => {
        #[allow(non_snake_case)]
        impl<$($name: Put),*> Put for ($($name,)*) {
            // Texts have a length that is known here, so that they are stored without a call.
            #[inline(always)]
            fn put(self, o: &mut Out) {
                if let Some(room) = self.room(o) {
                    // No closure, which would be a call.
                    let left = self.write(o.line.room(room)).len();
                    return o.line.leave(left);
                }
                let ($($name,)*) = self;
                $($name.put(o);)*
            }

            #[inline(always)]
            fn room(&self, o: &Out) -> Option<usize> {
                let ($($name,)*) = self;
                Some(0 $(+ $name.room(o)?)*)
            }

            #[inline(always)]
            fn write(self, room: &mut [u8]) -> &mut [u8] {
                let ($($name,)*) = self;
                $(let room = $name.write(room);)*
                room
            }
        }
    };
}
put_tuple!(A);
put_tuple!(A B);
put_tuple!(A B C);
put_tuple!(A B C D);
put_tuple!(A B C D E);
put_tuple!(A B C D E F);
put_tuple!(A B C D E F G);
put_tuple!(A B C D E F G H);
put_tuple!(A B C D E F G H I);
put_tuple!(A B C D E F G H I J);
put_tuple!(A B C D E F G H I J K);
put_tuple!(A B C D E F G H I J K L);
put_tuple!(A B C D E F G H I J K L M);
put_tuple!(A B C D E F G H I J K L M N);
put_tuple!(A B C D E F G H I J K L M N P);
put_tuple!(A B C D E F G H I J K L M N P Q);

macro_rules! put_hex {
    ($($(#[$doc:meta])* $name:ident, $width:expr);* $(;)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name<T>(pub T);
        impl<T: TryInto<u64>> Put for $name<T> {
            #[inline]
            fn put(self, o: &mut Out) {
                o.line.hex(self.0.try_into().unwrap_or_default(), $width);
            }

            #[inline(always)]
            fn room(&self, _: &Out) -> Option<usize> {
                Some(room::HEX_DIGITS)
            }

            #[inline(always)]
            fn write(self, room: &mut [u8]) -> &mut [u8] {
                room::hex(room, self.0.try_into().unwrap_or_default(), $width)
            }
        }
    )*};
}
put_hex! {
    /// Hexadecimal without prefix or padding, `%x`.
    Hex, 1;
    /// Hexadecimal of at least two digits, `%02x`.
    Hex2, 2;
    /// Hexadecimal of at least three digits, `%03x`.
    Hex3, 3;
    /// Hexadecimal of at least four digits, `%04x`.
    Hex4, 4;
    /// Hexadecimal of at least six digits, `%06x`.
    Hex6, 6;
    /// Hexadecimal of at least eight digits, `%08x`.
    Hex8, 8;
    /// Hexadecimal of at least sixteen digits, `%016x`.
    Hex16, 16;
}

/// An octet in two upper-case hexadecimal digits, `%02X`.
#[derive(Clone, Copy)]
pub struct UpperHex(pub u8);

impl Put for UpperHex {
    fn put(self, o: &mut Out) {
        for nibble in [self.0 >> 4, self.0 & 15] {
            o.line.byte(if nibble < 10 { b'0' + nibble } else { b'A' + (nibble - 10) });
        }
    }
}

/// Decimal padded with zeros to a width, `%0Nu`.
#[derive(Clone, Copy)]
pub struct Zeros<T>(pub T, pub usize);

impl<T: TryInto<u64>> Put for Zeros<T> {
    fn put(self, o: &mut Out) {
        o.line.dec_padded(self.0.try_into().unwrap_or_default(), self.1, b'0');
    }
}

/// Decimal padded with spaces to a width, `%Nu`.
#[derive(Clone, Copy)]
pub struct Spaces<T>(pub T, pub usize);

impl<T: TryInto<u64>> Put for Spaces<T> {
    fn put(self, o: &mut Out) {
        o.line.dec_padded(self.0.try_into().unwrap_or_default(), self.1, b' ');
    }
}

/// Text padded with spaces on its left to a width of at most 64, `%Ns`.
#[derive(Clone, Copy)]
pub struct Right<P>(pub P, pub usize);

impl<P: Put> Put for Right<P> {
    fn put(self, o: &mut Out) {
        let start = o.line.len();
        self.0.put(o);
        let mut room = [0; 64];
        let text = &o.line.as_bytes()[start..];
        let length = text.len();
        if length < self.1 && length <= room.len() {
            room[..length].copy_from_slice(text);
            o.line.truncate(start);
            for _ in length..self.1 {
                o.line.byte(b' ');
            }
            o.line.bytes(&room[..length]);
        }
    }
}

/// Text padded with spaces on its right to a width, `%-Ns`.
#[derive(Clone, Copy)]
pub struct Left<P>(pub P, pub usize);

impl<P: Put> Put for Left<P> {
    fn put(self, o: &mut Out) {
        let start = o.line.len();
        self.0.put(o);
        for _ in o.line.len() - start..self.1 {
            o.line.byte(b' ');
        }
    }
}

/// A floating-point number with a fixed number of decimals, `%.Nf`.
#[derive(Clone, Copy)]
pub struct Fixed(pub f64, pub usize);

impl Put for Fixed {
    fn put(self, o: &mut Out) {
        self.write(&mut o.line);
    }
}

impl Fixed {
    fn write(self, line: &mut Line) {
        if self.0.is_nan() {
            return line.str(if self.0.is_sign_negative() { "-nan" } else { "nan" });
        }
        let Some((whole, fraction)) = self.parts() else {
            // A number of more digits than fit; hostile packets have them.
            return line.str(&format!("{:.*}", self.1, self.0));
        };
        if self.0.is_sign_negative() {
            line.byte(b'-');
        }
        line.dec(whole);
        if self.1 > 0 {
            line.byte(b'.');
            line.dec_padded(fraction.into(), self.1, b'0');
        }
    }

    /// What stands before and behind the point, rounded to even as C does it:
    /// exact in integers, many times faster than `std::fmt`.
    fn parts(self) -> Option<(u64, u32)> {
        const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
        let bits = self.0.to_bits();
        let (biased, fraction) = (bits >> FRACTION & 0x7ff, bits & ((1 << FRACTION) - 1));
        // The number is `mantissa` / 2^`shift`.
        let mantissa = if biased == 0 { fraction } else { fraction | 1 << FRACTION };
        let shift = 1075_u32.checked_sub((biased as u32).max(1))?;
        let scale = 10_u64.checked_pow(self.1 as u32).filter(|scale| *scale <= 1_000_000)?;
        let scaled = u128::from(mantissa) * u128::from(scale);
        // All of it is behind the point from here on.
        let shift = shift.min(100);
        let rest = scaled & ((1 << shift) - 1);
        let (down, twice) = (scaled >> shift, rest << 1);
        let up = twice > 1 << shift || twice == 1 << shift && down & 1 == 1;
        let (rounded, scale) = (down + u128::from(up), u128::from(scale));
        Some(((rounded / scale) as u64, (rounded % scale) as u32))
    }
}

/// Packet octets as hexadecimal pairs without separator.
#[derive(Clone, Copy)]
pub struct Octets<'p>(pub &'p [u8]);

impl Put for Octets<'_> {
    fn put(self, o: &mut Out) {
        for &octet in self.0 {
            o.line.hex2(octet);
        }
    }
}

/// Packet octets as text: control and non-ASCII bytes in caret form.
#[derive(Clone, Copy)]
pub struct Chars<'p>(pub &'p [u8]);

impl Put for Chars<'_> {
    fn put(self, o: &mut Out) {
        for &byte in self.0 {
            o.char(byte);
        }
    }
}

/// An IPv4 address: its name where names are wanted, else dotted decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ipv4(pub [u8; 4]);

impl Put for Ipv4 {
    #[inline]
    fn put(self, o: &mut Out) {
        o.paint(Paint::Address, |o| if o.opt.numeric > 0 { o.line.ipv4(self.0) } else { names::put_ipv4(o, self.0) });
    }

    #[inline(always)]
    fn room(&self, o: &Out) -> Option<usize> {
        o.opt.is_plain().then_some(room::IPV4)
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        room::ipv4(room, self.0)
    }
}

/// An IPv6 address: its name where names are wanted, else RFC 5952 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ipv6(pub [u8; 16]);

impl Put for Ipv6 {
    #[inline]
    fn put(self, o: &mut Out) {
        o.paint(Paint::Address, |o| if o.opt.numeric > 0 { o.line.ipv6(self.0) } else { names::put_ipv6(o, self.0) });
    }

    #[inline(always)]
    fn room(&self, o: &Out) -> Option<usize> {
        o.opt.is_plain().then_some(room::IPV6)
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        room::ipv6(room, self.0)
    }
}

/// A MAC address: its name or vendor where names are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mac(pub [u8; 6]);

impl Put for Mac {
    #[inline]
    fn put(self, o: &mut Out) {
        o.paint(Paint::Address, |o| if o.opt.numeric > 0 { o.line.mac(self.0) } else { names::put_mac(o, self.0) });
    }

    #[inline(always)]
    fn room(&self, o: &Out) -> Option<usize> {
        o.opt.is_plain().then_some(room::MAC)
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        room::mac(room, self.0)
    }
}

/// An EUI-64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Eui64(pub [u8; 8]);

impl Put for Eui64 {
    #[inline]
    fn put(self, o: &mut Out) {
        for (i, octet) in self.0.into_iter().enumerate() {
            if i > 0 {
                o.line.byte(b':');
            }
            o.put(Hex2(octet));
        }
    }
}

/// A TCP port: its service name where names are wanted.
#[derive(Clone, Copy)]
pub struct TcpPort(pub u16);

impl Put for TcpPort {
    #[inline]
    fn put(self, o: &mut Out) {
        put_port(o, PortKind::Tcp, self.0);
    }

    #[inline(always)]
    fn room(&self, o: &Out) -> Option<usize> {
        o.opt.is_plain().then_some(room::DEC)
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        room::dec(room, self.0.into())
    }
}

/// A UDP port: its service name where names are wanted.
#[derive(Clone, Copy)]
pub struct UdpPort(pub u16);

impl Put for UdpPort {
    #[inline]
    fn put(self, o: &mut Out) {
        put_port(o, PortKind::Udp, self.0);
    }

    #[inline(always)]
    fn room(&self, o: &Out) -> Option<usize> {
        o.opt.is_plain().then_some(room::DEC)
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        room::dec(room, self.0.into())
    }
}

#[inline]
fn put_port(o: &mut Out, kind: PortKind, port: u16) {
    o.paint(Paint::Port, |o| if o.opt.numeric > 0 { o.line.dec(port.into()) } else { names::put_port(o, kind, port) });
}

/// Text of one colour, where colours are wanted.
#[derive(Clone, Copy)]
pub struct Painted<P>(pub Paint, pub P);

impl<P: Put> Put for Painted<P> {
    #[inline(always)]
    fn put(self, o: &mut Out) {
        o.paint(self.0, |o| self.1.put(o));
    }

    #[inline(always)]
    fn room(&self, o: &Out) -> Option<usize> {
        if o.opt.color { None } else { self.1.room(o) }
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        self.1.write(room)
    }
}

/// What a stretch of text is, for colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// A link, network or host address.
    Address,
    /// A transport port.
    Port,
    /// TCP flags.
    Flags,
    /// A protocol's name.
    Protocol,
    /// A match of `--match`.
    Hit,
}

/// Names of numbers, in the order in which they are tried.
pub type Table = &'static [(u32, &'static str)];

/// How a number is written that its table does not hold.
#[derive(Clone, Copy)]
pub enum Otherwise {
    /// This text alone.
    Text(&'static str),
    /// The number in decimal between two texts.
    Dec(&'static str, &'static str),
    /// The number in hexadecimal of at least so many digits between two texts.
    Hex(&'static str, usize, &'static str),
}

impl Otherwise {
    fn put(self, o: &mut Out, value: u32) {
        match self {
            Otherwise::Text(text) => o.line.str(text),
            Otherwise::Dec(before, after) => {
                o.line.str(before);
                o.line.dec(u64::from(value));
                o.line.str(after);
            }
            Otherwise::Hex(before, width, after) => {
                o.line.str(before);
                o.line.hex(u64::from(value), width);
                o.line.str(after);
            }
        }
    }
}

/// The name that `table` holds for `value`.
pub fn lookup(table: Table, value: u32) -> Option<&'static str> {
    table.iter().find(|row| row.0 == value).map(|row| row.1)
}

/// A number by its name in a table.
#[derive(Clone, Copy)]
pub struct Named(pub Table, pub u32, pub Otherwise);

/// A number by its name in a table, else `text`.
pub fn named(table: Table, value: impl Into<u32>, text: &'static str) -> Named {
    Named(table, value.into(), Otherwise::Text(text))
}

/// A number by its name in a table, else in decimal after `before`.
pub fn named_dec(table: Table, value: impl Into<u32>, before: &'static str) -> Named {
    Named(table, value.into(), Otherwise::Dec(before, ""))
}

/// A number by its name in a table, else in hexadecimal of at least `width`
/// digits after `before`.
pub fn named_hex(table: Table, value: impl Into<u32>, before: &'static str, width: usize) -> Named {
    Named(table, value.into(), Otherwise::Hex(before, width, ""))
}

impl Put for Named {
    fn put(self, o: &mut Out) {
        match lookup(self.0, self.1) {
            Some(name) => o.line.str(name),
            None => self.2.put(o, self.1),
        }
    }
}

/// The names of all bits (or groups of bits) of a number that are wholly set.
#[derive(Clone, Copy)]
pub struct Bits {
    table: Table,
    value: u32,
    separator: &'static str,
    otherwise: Otherwise,
}

/// The names of the bits set in `value`, joined by `separator`; `none` if there are none.
pub fn bits(table: Table, value: impl Into<u32>, separator: &'static str, none: &'static str) -> Bits {
    Bits { table, value: value.into(), separator, otherwise: Otherwise::Text(none) }
}

impl Bits {
    /// With another text for a number without any named bit.
    #[must_use]
    pub fn or(self, otherwise: Otherwise) -> Self {
        Bits { otherwise, ..self }
    }
}

impl Put for Bits {
    fn put(self, o: &mut Out) {
        let mut separator = None;
        for &(mask, name) in self.table {
            if mask != 0 && self.value & mask == mask {
                if let Some(separator) = separator {
                    o.line.str(separator);
                }
                o.line.str(name);
                separator = Some(self.separator);
            }
        }
        if separator.is_none() {
            self.otherwise.put(o, self.value);
        }
    }
}

/// Seconds as years, weeks, days, hours, minutes and seconds: `1w2d30s`.
#[derive(Clone, Copy)]
pub struct Elapsed(pub u32);

impl Put for Elapsed {
    fn put(self, o: &mut Out) {
        const UNITS: [(u32, char); 6] =
            [(31_536_000, 'y'), (604_800, 'w'), (86_400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')];
        let mut left = self.0;
        if left == 0 {
            o.put("0s");
        }
        for (seconds, unit) in UNITS {
            if left >= seconds {
                o.put((left / seconds, unit));
                left %= seconds;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Numeric;
    use crate::options::Options;

    #[test]
    fn the_longest_texts_fit_into_the_room_that_they_ask_for() {
        fn fits(value: impl Put + Copy) {
            let opt = Options { numeric: 1, ..Options::default() };
            let mut o = Out::new(opt, Box::new(Numeric));
            let room = value.room(&o).expect("a text that needs no more");
            let mut memory = vec![0; room];
            let left = value.write(&mut memory).len();
            value.put(&mut o);
            assert_eq!(o.line.as_bytes(), &memory[..room - left]);
        }
        let mut value = u64::MAX;
        while value > 0 {
            for value in [value, value.reverse_bits()] {
                fits(value);
                fits(value as u32);
                fits((value as u8, value as u16));
                fits((Hex(value), Hex2(value), Hex4(value as u16)));
                fits((Hex16(value), Hex8(value as u32)));
                fits((TcpPort(value as u16), ".", UdpPort(value as u16)));
                fits(Ipv4((value as u32).to_be_bytes()));
                fits(Ipv6((u128::from(value) << 64 | u128::from(value)).to_be_bytes()));
                fits(Ipv6(u128::from(value).to_be_bytes()));
                fits(Ipv6((0xffff << 32 | u128::from(value as u32)).to_be_bytes()));
                fits((Mac([value as u8; 6]), Some(value), None::<u64>, '\u{10ffff}', "text"));
            }
            value >>= 1;
        }
    }

    #[test]
    fn decimals_are_those_of_c() {
        // What printf of the GNU C library writes; ties go to the even digit.
        for (value, decimals, text) in [
            (0.0, 3, "0.000"),
            (-0.0, 3, "-0.000"),
            (0.125, 2, "0.12"),
            (0.375, 2, "0.38"),
            (2.5, 0, "2"),
            (-1.0005, 3, "-1.000"),
            (0.9999, 3, "1.000"),
            (1e-310, 3, "0.000"),
            (1250.0, 3, "1250.000"),
            (9_007_199_254_740_993.0, 3, "9007199254740992.000"),
            (1e22, 2, "10000000000000000000000.00"),
            (f64::INFINITY, 3, "inf"),
            (-f64::NAN, 3, "-nan"),
        ] {
            let mut line = Line::default();
            Fixed(value, decimals).write(&mut line);
            assert_eq!(line.as_bytes(), text.as_bytes());
        }
    }
}
