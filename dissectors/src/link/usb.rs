//! USB events as Linux's usbmon captures them (`Documentation/usb/usbmon.rst`).

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// Octets of the header, and of the header of kernels since 2.6.31.
const HEADER: usize = 48;
const LONG_HEADER: usize = 64;

const ISOCHRONOUS: u8 = 0;
const INTERRUPT: u8 = 1;
const CONTROL: u8 = 2;
const BULK: u8 = 3;

/// The header for the tree, in the order of the host that captured, which is nearly always little-endian.
const FIELDS: &[Slot] = &[
    Slot::new("usb.urb_id", 0, 8).little(),
    Slot::new("usb.urb_type", 8, 1),
    Slot::new("usb.transfer_type", 9, 1),
    Slot::new("usb.endpoint_address", 10, 1),
    Slot::new("usb.endpoint_address.direction", 10, 1).bit(7),
    Slot::new("usb.endpoint_address.number", 10, 1).bits(0, 15),
    Slot::new("usb.device_address", 11, 1),
    Slot::new("usb.bus_id", 12, 2).little(),
    Slot::new("usb.setup_flag", 14, 1),
    Slot::new("usb.data_flag", 15, 1),
    Slot::new("usb.urb_ts_sec", 16, 8).little(),
    Slot::new("usb.urb_ts_usec", 24, 4).little(),
    Slot::new("usb.urb_status", 28, 4).little(),
    Slot::new("usb.urb_len", 32, 4).little(),
    Slot::new("usb.data_len", 36, 4).little(),
];
/// A request to set something up (USB 2.0, 9.3), of a descriptor or of something else.
const SETUP: &[Slot] = &[
    Slot::new("usb.bmRequestType", 40, 1),
    Slot::new("usb.bmRequestType.direction", 40, 1).bit(7),
    Slot::new("usb.bmRequestType.type", 40, 1).bits(5, 3),
    Slot::new("usb.bmRequestType.recipient", 40, 1).bits(0, 31),
    Slot::new("usb.setup.bRequest", 41, 1),
    Slot::new("usb.setup.wLength", 46, 2).little(),
];
const DESCRIPTOR: &[Slot] = &[
    Slot::new("usb.DescriptorIndex", 42, 1),
    Slot::new("usb.bDescriptorType", 43, 1),
    Slot::new("usb.LanguageId", 44, 2).little(),
];
const VALUES: &[Slot] = &[Slot::new("usb.setup.wValue", 42, 2).little(), Slot::new("usb.setup.wIndex", 44, 2).little()];
const ISOCHRONOUS_FIELDS: &[Slot] =
    &[Slot::new("usb.iso.error_count", 40, 4).little(), Slot::new("usb.iso.numdesc", 44, 4).little()];
const LONG: &[Slot] = &[
    Slot::new("usb.interval", 48, 4).little(),
    Slot::new("usb.start_frame", 52, 4).little(),
    Slot::new("usb.copy_of_transfer_flags", 56, 4).little(),
    Slot::new("usb.iso.numdesc", 60, 4).little(),
];

const SUBMIT: u8 = b'S';

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "usb_linux_48_byte";
    event(o, v, HEADER)
}

/// The frame entry of the longer header.
pub(crate) fn long_frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "usb_linux_64_byte";
    event(o, v, LONG_HEADER)
}

fn event(o: &mut Out, v: View<'_>, header: usize) -> Step {
    if o.tree.is_some() {
        let _ends_early = note(o, v, header);
    }
    v.need(header)?;
    o.link_len += header;
    let (event, transfer) = (v.u8(8)?, v.u8(9)?);
    o.put("USB");
    if o.opt.quiet > 0 {
        return Ok(());
    }
    o.put(" ");
    o.put(match transfer {
        ISOCHRONOUS => "ISOCHRONOUS",
        INTERRUPT => "INTERRUPT",
        CONTROL => "CONTROL",
        BULK => "BULK",
        _ => " ?",
    });
    let known = matches!(event, SUBMIT | b'C' | b'E');
    o.put(match event {
        SUBMIT => " SUBMIT",
        b'C' => " COMPLETE",
        b'E' => " ERROR",
        _ => " ?",
    });
    if known && transfer <= BULK {
        // What is submitted goes to the device, but an interrupt is asked of it.
        o.put(if (event == SUBMIT) != (transfer == INTERRUPT) { " to" } else { " from" });
    }
    o.put((" ", v.le16(12)?, ":", v.u8(11)?, ":", v.u8(10)? & 0x7f));
    Ok(())
}

/// Notes the header, and the data of transfers that are no request.
fn note(o: &mut Out, v: View<'_>, header: usize) -> Step {
    const THERE: u8 = 0;
    const STANDARD: u8 = 0;
    const GET_DESCRIPTOR: u8 = 6;
    const SET_DESCRIPTOR: u8 = 7;
    let (event, transfer) = (v.u8(8)?, v.u8(9)?);
    let device = (v.le16(12)?, ".", v.u8(11)?, ".", v.u8(10)? & 15);
    if event == SUBMIT {
        o.note_octets(id!("usb.src"), b"host");
        o.note_text(id!("usb.dst"), device);
    } else {
        o.note_text(id!("usb.src"), device);
        o.note_octets(id!("usb.dst"), b"host");
    }
    o.see_all(FIELDS, v);
    if event == SUBMIT && transfer == CONTROL && v.u8(14)? == THERE {
        o.see_all(SETUP, v);
        let standard = v.u8(40)? >> 5 & 3 == STANDARD;
        o.see_all(
            if standard && matches!(v.u8(41)?, GET_DESCRIPTOR | SET_DESCRIPTOR) { DESCRIPTOR } else { VALUES },
            v,
        );
    }
    if transfer == ISOCHRONOUS {
        o.see_all(ISOCHRONOUS_FIELDS, v);
    }
    if header == LONG_HEADER {
        o.see_all(LONG, v);
    }
    let data = v.skip(header).data();
    if matches!(transfer, INTERRUPT | BULK) && !data.is_empty() {
        o.note_octets(id!("usb.capdata"), data);
    }
    Ok(())
}
