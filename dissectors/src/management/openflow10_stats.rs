//! Statistics of OpenFlow 1.0 (OpenFlow Switch Specification 1.0.0, section 5.3.5).

use super::openflow::{bitmap_within, data, enough, name, vendor, wrong};
use super::openflow10::{MATCH, matches, port, short_flags};
use super::openflow10_actions::actions;
use super::openflow10_values::{ALL_WILDCARDS, QUEUES, REPLY_FLAGS, STATISTICS, TABLES, WILDCARDS};
use crate::out::Out;
use crate::put::{Hex4, Hex8, Hex16, Named, Otherwise};
use crate::view::{Step, View};

const DESCRIPTION: u16 = 0;
const FLOW: u16 = 1;
const AGGREGATE: u16 = 2;
const TABLE: u16 = 3;
const PORT: u16 = 4;
const QUEUE: u16 = 5;
const VENDOR: u16 = 0xffff;

/// A type of statistics by its name.
fn kind_name(kind: u16) -> Named {
    Named(STATISTICS, kind.into(), Otherwise::Hex("invalid (0x", 4, ")"))
}

fn table_name(table: u8) -> Named {
    Named(TABLES, table.into(), Otherwise::Dec("", ""))
}

/// What is asked for.
pub(super) fn stats_request(o: &mut Out, v: View<'_>, size: usize) -> Step {
    let kind = v.u16(0)?;
    o.put(("\n\t type ", kind_name(kind)));
    let flags = v.u16(2)?;
    o.put((", flags 0x", Hex4(flags), (flags != 0).then_some(" (bogus)")));
    let (v, left) = (v.skip(4), size - 4);
    let must = match kind {
        DESCRIPTION | TABLE => 0,
        FLOW | AGGREGATE => MATCH + 4,
        PORT | QUEUE => 8,
        VENDOR => return vendor_data(o, v, left),
        _ => return Ok(()),
    };
    if left != must {
        return wrong(o, v, left);
    }
    match kind {
        FLOW | AGGREGATE => {
            matches(o, "\n\t ", v)?;
            o.put(("\n\t table_id ", table_name(v.u8(MATCH)?)));
            o.put((", out_port ", port(v.u16(MATCH + 2)?)));
        }
        PORT => o.put(("\n\t port_no ", port(v.u16(0)?))),
        QUEUE => {
            o.put(("\n\t port_no ", port(v.u16(0)?)));
            o.put((", queue_id ", Named(QUEUES, v.u32(4)?, Otherwise::Dec("", ""))));
        }
        _ => {}
    }
    v.need(must)
}

/// What is answered.
pub(super) fn stats_reply(o: &mut Out, v: View<'_>, size: usize) -> Step {
    let kind = v.u16(0)?;
    o.put(("\n\t type ", kind_name(kind)));
    short_flags(o, v.u16(2)?, REPLY_FLAGS);
    let (v, left) = (v.skip(4), size - 4);
    match kind {
        DESCRIPTION => description(o, v, left),
        FLOW => flows(o, v, left),
        AGGREGATE => aggregate(o, v, left),
        TABLE => rows(o, v, left, 64, "\n\t", table),
        PORT => rows(o, v, left, 104, "\n\t ", port_row),
        QUEUE => rows(o, v, left, 32, "\n\t ", queue),
        VENDOR => vendor_data(o, v, left),
        _ => v.need(left),
    }
}

/// A vendor and its data.
fn vendor_data(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 4 {
        return wrong(o, v, size);
    }
    vendor(o, ", vendor", v.u32(0)?);
    data(o, v.skip(4), size - 4)
}

/// Structures of `size` octets, as many as there are in `left`; each begins with `before`.
fn rows(
    o: &mut Out,
    mut v: View<'_>,
    mut left: usize,
    size: usize,
    before: &'static str,
    row: fn(&mut Out, View<'_>) -> Step,
) -> Step {
    while left > 0 {
        o.put(before);
        if !enough(o, v, left, size)? {
            return Ok(());
        }
        row(o, v)?;
        v.need(size)?;
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

fn description(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const LONG: usize = 256;
    const SHORT: usize = 32;
    if size != 4 * LONG + SHORT {
        return wrong(o, v, size);
    }
    name(o, "\n\t  mfr_desc", v, LONG)?;
    name(o, "\n\t  hw_desc", v.skip(LONG), LONG)?;
    name(o, "\n\t  sw_desc", v.skip(2 * LONG), LONG)?;
    name(o, "\n\t  serial_num", v.skip(3 * LONG), SHORT)?;
    name(o, "\n\t  dp_desc", v.skip(3 * LONG + SHORT), LONG)
}

fn flows(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    const FIXED: usize = 88;
    while left > 0 {
        o.put("\n\t");
        if !enough(o, v, left, FIXED)? {
            return Ok(());
        }
        let size = usize::from(v.u16(0)?);
        o.put((" length ", size));
        if size < FIXED || size > left {
            return wrong(o, v, left);
        }
        o.put((", table_id ", table_name(v.u8(2)?)));
        matches(o, "\n\t  ", v.skip(4))?;
        let rest = v.skip(4 + MATCH);
        o.put(("\n\t  duration_sec ", rest.u32(0)?));
        o.put((", duration_nsec ", rest.u32(4)?));
        o.put((", priority ", rest.u16(8)?));
        o.put((", idle_timeout ", rest.u16(10)?));
        o.put((", hard_timeout ", rest.u16(12)?));
        o.put((", cookie 0x", Hex16(rest.u64(20)?)));
        o.put((", packet_count ", rest.u64(28)?));
        o.put((", byte_count ", rest.u64(36)?));
        actions(o, "\n\t  ", v.skip(FIXED), size - FIXED)?;
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

fn aggregate(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const SIZE: usize = 24;
    if size != SIZE {
        return wrong(o, v, size);
    }
    o.put(("\n\t packet_count ", v.u64(0)?));
    o.put((", byte_count ", v.u64(8)?));
    o.put((", flow_count ", v.u32(16)?));
    v.need(SIZE)
}

fn table(o: &mut Out, v: View<'_>) -> Step {
    const NAME: usize = 32;
    o.put((" table_id ", table_name(v.u8(0)?)));
    name(o, ", name", v.skip(4), NAME)?;
    let wild = v.u32(36)?;
    o.put(("\n\t  wildcards 0x", Hex8(wild)));
    bitmap_within(o, WILDCARDS, wild, ALL_WILDCARDS);
    o.put(("\n\t  max_entries ", v.u32(40)?));
    o.put((", active_count ", v.u32(44)?));
    o.put((", lookup_count ", v.u64(48)?));
    o.put((", matched_count ", v.u64(56)?));
    Ok(())
}

fn port_row(o: &mut Out, v: View<'_>) -> Step {
    const COUNTERS: [&str; 12] = [
        ", rx_packets ",
        ", tx_packets ",
        ", rx_bytes ",
        ", tx_bytes ",
        ", rx_dropped ",
        ", tx_dropped ",
        ", rx_errors ",
        ", tx_errors ",
        ", rx_frame_err ",
        ", rx_over_err ",
        ", rx_crc_err ",
        ", collisions ",
    ];
    o.put((" port_no ", port(v.u16(0)?)));
    if o.opt.verbose >= 2 {
        for (row, counter) in COUNTERS.iter().enumerate() {
            o.put((*counter, v.u64(8 + row * 8)?));
        }
    }
    Ok(())
}

fn queue(o: &mut Out, v: View<'_>) -> Step {
    o.put((" port_no ", port(v.u16(0)?)));
    o.put((", queue_id ", v.u32(4)?));
    o.put((", tx_bytes ", v.u64(8)?));
    o.put((", tx_packets ", v.u64(16)?));
    o.put((", tx_errors ", v.u64(24)?));
    Ok(())
}
