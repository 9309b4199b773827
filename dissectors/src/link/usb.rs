//! USB events as Linux's usbmon captures them (`Documentation/usb/usbmon.rst`).

use crate::below::Below;
use crate::out::Out;
use crate::view::{Step, View};

/// Octets of the header, and of the header of kernels since 2.6.31.
const HEADER: usize = 48;
const LONG_HEADER: usize = 64;

const INTERRUPT: u8 = 1;
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
    v.need(header)?;
    o.link_len += header;
    let (event, transfer) = (v.u8(8)?, v.u8(9)?);
    o.note(id!("usb.urb_id"), v.le64(0)?);
    o.note(id!("usb.transfer_type"), transfer);
    o.note(id!("usb.endpoint_address"), v.u8(10)?);
    o.note(id!("usb.device_address"), v.u8(11)?);
    o.note(id!("usb.bus_id"), v.le16(12)?);
    o.note(id!("usb.urb_len"), v.le32(32)?);
    o.note(id!("usb.data_len"), v.le32(36)?);
    o.put("USB");
    if o.opt.quiet > 0 {
        return Ok(());
    }
    o.put(" ");
    o.put(match transfer {
        0 => "ISOCHRONOUS",
        INTERRUPT => "INTERRUPT",
        2 => "CONTROL",
        3 => "BULK",
        _ => " ?",
    });
    let known = matches!(event, SUBMIT | b'C' | b'E');
    o.put(match event {
        SUBMIT => " SUBMIT",
        b'C' => " COMPLETE",
        b'E' => " ERROR",
        _ => " ?",
    });
    if known && transfer <= 3 {
        // What is submitted goes to the device, but an interrupt is asked of it.
        o.put(if (event == SUBMIT) != (transfer == INTERRUPT) { " to" } else { " from" });
    }
    o.put((" ", v.le16(12)?, ":", v.u8(11)?, ":", v.u8(10)? & 0x7f));
    Ok(())
}
