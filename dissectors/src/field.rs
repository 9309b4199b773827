//! Named header fields: offset, width and Wireshark's display-filter name are
//! stated once, and serve both reading and output.

use std::marker::PhantomData;

use crate::fields::{Id, Kind};
use crate::out::{Noted, Out};
use crate::put::{Hex, Ipv4, Ipv6, Mac, Put};
use crate::tree::{Tree, Value};
use crate::view::{Step, View};

/// A type that a field can hold.
pub trait Read: Copy + Into<Value> {
    /// Reads the value at `at` octets into the view, network order.
    fn read(view: View<'_>, at: usize) -> Step<Self>;
    /// The value shifted right by `shift` bits and masked; identity for addresses.
    #[must_use]
    fn part(self, shift: u32, mask: u64) -> Self;
}

macro_rules! read_number {
    ($($type:ty, $get:ident);*) => {$(
        impl Read for $type {
            #[inline(always)]
            fn read(view: View<'_>, at: usize) -> Step<Self> {
                view.$get(at)
            }
            #[inline(always)]
            fn part(self, shift: u32, mask: u64) -> Self {
                ((u64::from(self) >> shift) & mask) as $type
            }
        }
    )*};
}
read_number!(u8, u8; u16, u16; u32, u32; u64, u64);

macro_rules! read_address {
    ($($type:ident),*) => {$(
        impl Read for $type {
            #[inline(always)]
            fn read(view: View<'_>, at: usize) -> Step<Self> {
                view.array(at).map($type)
            }
            #[inline(always)]
            fn part(self, _: u32, _: u64) -> Self {
                self
            }
        }
    )*};
}
read_address!(Ipv4, Ipv6, Mac);

/// A header field: `at` octets into the header, then `shift` and `mask` in bits.
#[derive(Clone, Copy)]
pub struct Field<T> {
    /// Wireshark's display-filter name, as in `tcp.srcport`.
    pub name: &'static str,
    id: Id,
    at: usize,
    shift: u32,
    mask: u64,
    holds: PhantomData<T>,
}

impl<T: Read> Field<T> {
    /// A field of `T`'s whole width, `at` octets into its header.
    pub const fn new(name: &'static str, at: usize) -> Self {
        Field { name, id: Id::of(name), at, shift: 0, mask: u64::MAX, holds: PhantomData }
    }

    /// The bits of a field that remain after a right shift by `shift` and `mask`.
    pub const fn bits(name: &'static str, at: usize, shift: u32, mask: u64) -> Self {
        Field { name, id: Id::of(name), at, shift, mask, holds: PhantomData }
    }

    /// Reads the field from the view of its header.
    #[inline(always)]
    pub fn read(self, view: View<'_>) -> Step<T> {
        Ok(T::read(view, self.at)?.part(self.shift, self.mask))
    }

    /// `value` written as its type is written (numbers in decimal), and noted in the tree.
    #[inline(always)]
    pub fn show(self, value: T) -> Shown<T, T> {
        Shown { id: self.id, value, text: value }
    }

    /// `value` in hexadecimal without prefix, and noted in the tree.
    #[inline(always)]
    pub fn hex(self, value: T) -> Shown<T, Hex<T>> {
        Shown { id: self.id, value, text: Hex(value) }
    }

    /// `text` in the line and `value` in the tree.
    #[inline(always)]
    pub fn text<P: Put>(self, value: T, text: P) -> Shown<T, P> {
        Shown { id: self.id, value, text }
    }
}

/// A field of a header that is only noted: where it is, and which bits of it.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    id: Id,
    at: usize,
    octets: usize,
    shift: u32,
    mask: u64,
    little: bool,
}

impl Slot {
    /// A number of at most eight octets, an address, text or data, `at` octets into its header.
    pub(crate) const fn new(name: &str, at: usize, octets: usize) -> Self {
        Slot::of(Id::of(name), at, octets)
    }

    /// As [`Slot::new`], of a field that is at hand.
    pub(crate) const fn of(id: Id, at: usize, octets: usize) -> Self {
        Slot { id, at, octets, shift: 0, mask: u64::MAX, little: false }
    }

    /// The bits that remain after a right shift by `shift` and `mask`.
    pub(crate) const fn bits(self, shift: u32, mask: u64) -> Self {
        Slot { shift, mask, ..self }
    }

    /// One bit.
    pub(crate) const fn bit(self, shift: u32) -> Self {
        self.bits(shift, 1)
    }

    /// A number whose least octet is first.
    pub(crate) const fn little(self) -> Self {
        Slot { little: true, ..self }
    }

    /// What is noted of the slot's octets.
    fn note(self, tree: &mut Tree, octets: &[u8]) {
        let kind = self.id.info().map(|info| info.kind);
        match (kind, <[u8; 16]>::try_from(octets)) {
            (Some(Kind::Octets | Kind::Colons), _) => return tree.add_octets(self.id, octets),
            // A text in a place of its own is padded with NUL.
            (Some(Kind::Text), _) => return tree.add_padded(self.id, octets),
            (Some(Kind::Ipv6), Ok(address)) => return tree.add(self.id, Value::Ipv6(address)),
            _ => {}
        }
        let add = |sum: u64, octet: &u8| sum << 8 | u64::from(*octet);
        let number = if self.little { octets.iter().rev().fold(0, add) } else { octets.iter().fold(0, add) };
        let mut number = number >> self.shift & self.mask;
        if kind == Some(Kind::Flag) {
            number = number.min(1);
        }
        let unused = 64 - 8 * self.octets.clamp(1, 8) as u32;
        let signed = kind == Some(Kind::Signed) && self.mask == u64::MAX;
        tree.add(self.id, Value::Number(if signed { ((number << unused) as i64 >> unused) as u64 } else { number }));
    }
}

impl Out {
    /// Notes the fields of a header, as far as it is captured.
    #[inline]
    pub(crate) fn see_all(&mut self, header: &[Slot], v: View<'_>) {
        let Some(tree) = &mut self.tree else { return };
        for slot in header {
            let Ok(octets) = v.bytes(slot.at, slot.octets) else { continue };
            slot.note(tree, octets);
        }
    }

    /// Notes the text in a room of so many octets, which a zero octet ends.
    pub(crate) fn see_name(&mut self, field: Id, v: View<'_>, at: usize, octets: usize) {
        if let Ok(room) = v.bytes(at, octets) {
            self.note_padded(field, room);
        }
    }

    /// Notes the fields of each of the whole rows of `size` octets, as far as they are captured.
    pub(crate) fn see_rows(&mut self, row: &[Slot], v: View<'_>, size: usize) {
        for at in 0..v.len().min(v.caplen()) / size {
            self.see_all(row, v.skip(at * size));
        }
    }
}

impl<T> Noted for Field<T> {
    #[inline(always)]
    fn id(self) -> Id {
        self.id
    }
}

/// A field's value for the tree together with its text for the line.
pub struct Shown<T, P> {
    id: Id,
    value: T,
    text: P,
}

impl<T: Read, P: Put> Put for Shown<T, P> {
    #[inline]
    fn put(self, o: &mut Out) {
        o.note(self.id, self.value);
        self.text.put(o);
    }
}
