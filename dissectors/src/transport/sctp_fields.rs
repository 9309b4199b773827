//! The chunks of SCTP for the tree (RFC 9260), with partial reliability (RFC 3758),
//! authentication (RFC 4895), address changes (RFC 5061) and stream resets (RFC 6525).

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const CHUNK_SIZE: usize = 4;
const DATA_SIZE: usize = 16;
const INIT_SIZE: usize = 20;

/// What chunks hold, from their header on.
const CHUNKS: &[(u8, &[Slot])] = &[
    (
        0,
        &[
            Slot::new("sctp.data_i_bit", 1, 1).bit(3),
            Slot::new("sctp.data_u_bit", 1, 1).bit(2),
            Slot::new("sctp.data_b_bit", 1, 1).bit(1),
            Slot::new("sctp.data_e_bit", 1, 1).bit(0),
            Slot::new("sctp.data_tsn_raw", 4, 4),
            Slot::new("sctp.data_sid", 8, 2),
            Slot::new("sctp.data_ssn", 10, 2),
            Slot::new("sctp.data_payload_proto_id", 12, 4),
        ],
    ),
    (
        1,
        &[
            Slot::new("sctp.init_initiate_tag", 4, 4),
            Slot::new("sctp.initiate_tag", 4, 4),
            Slot::new("sctp.init_credit", 8, 4),
            Slot::new("sctp.init_nr_out_streams", 12, 2),
            Slot::new("sctp.init_nr_in_streams", 14, 2),
            Slot::new("sctp.init_initial_tsn", 16, 4),
        ],
    ),
    (
        2,
        &[
            Slot::new("sctp.initack_initiate_tag", 4, 4),
            Slot::new("sctp.initiate_tag", 4, 4),
            Slot::new("sctp.initack_credit", 8, 4),
            Slot::new("sctp.initack_nr_out_streams", 12, 2),
            Slot::new("sctp.initack_nr_in_streams", 14, 2),
            Slot::new("sctp.initack_initial_tsn", 16, 4),
        ],
    ),
    (
        3,
        &[
            Slot::new("sctp.sack_cumulative_tsn_ack_raw", 4, 4),
            Slot::new("sctp.sack_a_rwnd", 8, 4),
            Slot::new("sctp.sack_number_of_gap_blocks", 12, 2),
            Slot::new("sctp.sack_number_of_duplicated_tsns", 14, 2),
        ],
    ),
    (6, &[Slot::new("sctp.abort_t_bit", 1, 1).bit(0)]),
    (7, &[Slot::new("sctp.shutdown_cumulative_tsn_ack", 4, 4)]),
    (12, &[Slot::new("sctp.ecne_lowest_tsn", 4, 4)]),
    (13, &[Slot::new("sctp.cwr_lowest_tsn", 4, 4)]),
    (14, &[Slot::new("sctp.shutdown_complete_t_bit", 1, 1).bit(0)]),
    (15, &[Slot::new("sctp.shared_key_id", 4, 2), Slot::new("sctp.hmac_id", 6, 2)]),
    (0x80, &[Slot::new("sctp.asconf_ack_seq_nr_number", 4, 4)]),
    (0xc0, &[Slot::new("sctp.forward_tsn_tsn", 4, 4)]),
    (0xc1, &[Slot::new("sctp.asconf_seq_nr_number", 4, 4)]),
];
const GAP: &[Slot] = &[Slot::new("sctp.sack_gap_block_start", 0, 2), Slot::new("sctp.sack_gap_block_end", 2, 2)];
const DUPLICATE: &[Slot] = &[Slot::new("sctp.sack_duplicate_tsn", 0, 4)];
const SKIPPED: &[Slot] = &[Slot::new("sctp.forward_tsn_sid", 0, 2), Slot::new("sctp.forward_tsn_ssn", 2, 2)];

const PARAMETER: &[Slot] = &[Slot::new("sctp.parameter_type", 0, 2), Slot::new("sctp.parameter_length", 2, 2)];
const PARAMETER_SIZE: usize = 4;
/// What parameters hold, from their value on.
const PARAMETERS: &[(u16, &[Slot])] = &[
    (5, &[Slot::new("sctp.parameter_ipv4_address", 0, 4)]),
    (6, &[Slot::new("sctp.parameter_ipv6_address", 0, 16)]),
    (9, &[Slot::new("sctp.parameter_cookie_preservative_incr", 0, 4)]),
    (
        13,
        &[
            Slot::new("sctp.parameter_reconfig_request_sequence_number", 0, 4),
            Slot::new("sctp.parameter_reconfig_response_sequence_number", 4, 4),
            Slot::new("sctp.parameter_senders_last_assigned_tsn", 8, 4),
        ],
    ),
    (0xc001, CORRELATION),
    (0xc002, CORRELATION),
    (0xc003, CORRELATION),
    (0xc004, CORRELATION),
    (0xc005, CORRELATION),
    (0xc006, &[Slot::new("sctp.adaptation_layer_indication", 0, 4)]),
];
const CORRELATION: &[Slot] = &[Slot::new("sctp.correlation_id", 0, 4)];
/// Where the streams of a reset are, of the parameter's value.
const RESET: u16 = 13;
const RESET_STREAMS: usize = 12;
const RESET_STREAM: &[Slot] = &[Slot::new("sctp.parameter_reconfig_sid", 0, 2)];
/// Parameters that are lists of numbers of so many octets.
const LISTS: &[(u16, &[Slot], usize)] = &[
    (12, &[Slot::new("sctp.parameter_supported_address_type", 0, 2)], 2),
    (0x8003, &[Slot::new("sctp.chunk_type_to_auth", 0, 1)], 1),
    (0x8004, &[Slot::new("sctp.hmac_id", 0, 2)], 2),
    (0x8008, &[Slot::new("sctp.supported_chunk_type", 0, 1)], 1),
];

const CAUSE: &[Slot] = &[Slot::new("sctp.cause_code", 0, 2), Slot::new("sctp.cause_length", 2, 2)];
const CAUSES: &[(u16, &[Slot])] = &[
    (1, &[Slot::new("sctp.cause_stream_identifier", 4, 2)]),
    (3, &[Slot::new("sctp.cause_measure_of_staleness", 4, 4)]),
    (9, &[Slot::new("sctp.cause_tsn", 4, 4)]),
];

/// Notes a chunk without its padding.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = chunk(o, v);
    }
}

fn chunk(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.u8(0)?;
    let least = match kind {
        0 => DATA_SIZE,
        1 | 2 => INIT_SIZE,
        _ => CHUNK_SIZE,
    };
    if !v.has(least) {
        return Ok(());
    }
    if let Some(&(_, slots)) = CHUNKS.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
    }
    let value = v.skip(CHUNK_SIZE);
    match kind {
        1 | 2 => parameters(o, v.skip(INIT_SIZE)),
        3 => {
            let (gaps, duplicates) = (usize::from(v.u16(12)?) * 4, usize::from(v.u16(14)?) * 4);
            let rest = v.skip(16);
            o.see_rows(GAP, rest.cut(gaps), 4);
            o.see_rows(DUPLICATE, rest.skip(gaps).cut(duplicates), 4);
            Ok(())
        }
        4 | 5 | 0x82 => parameters(o, value),
        6 | 9 => causes(o, value),
        10 => {
            o.note_octets(id!("sctp.cookie"), value.data());
            Ok(())
        }
        15 => {
            o.note_octets(id!("sctp.hmac"), v.skip(8).data());
            Ok(())
        }
        0xc0 => {
            o.see_rows(SKIPPED, v.skip(8), 4);
            Ok(())
        }
        0x80 | 0xc1 => parameters(o, v.skip(8)),
        _ => Ok(()),
    }
}

fn parameters(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while v.has(PARAMETER_SIZE) {
        o.see_all(PARAMETER, v);
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        if size < PARAMETER_SIZE {
            return Ok(());
        }
        parameter(o, v.cut(size).skip(PARAMETER_SIZE), kind)?;
        v = v.skip(size.next_multiple_of(4));
    }
    Ok(())
}

fn parameter(o: &mut Out, v: View<'_>, kind: u16) -> Step {
    if let Some(&(_, slots)) = PARAMETERS.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
    }
    if let Some(&(_, row, size)) = LISTS.iter().find(|row| row.0 == kind) {
        o.see_rows(row, v, size);
    }
    match kind {
        1 => o.note_octets(id!("sctp.parameter_heartbeat_information"), v.data()),
        7 => o.note_octets(id!("sctp.parameter_state_cookie"), v.data()),
        11 => o.note_padded(id!("sctp.parameter_hostname"), v.data()),
        RESET => o.see_rows(RESET_STREAM, v.skip(RESET_STREAMS), 2),
        0x8002 => o.note_octets(id!("sctp.random_number"), v.data()),
        // An address that is added, removed or made the primary one is inside.
        0xc001 | 0xc002 | 0xc004 => {
            let inner = v.skip(4);
            o.see_all(PARAMETER, inner);
            let address = inner.skip(PARAMETER_SIZE);
            match inner.u16(0)? {
                5 => o.see_all(PARAMETERS[0].1, address),
                6 => o.see_all(PARAMETERS[1].1, address),
                _ => {}
            }
        }
        0xc003 => causes(o, v.skip(4))?,
        _ => {}
    }
    Ok(())
}

fn causes(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while v.has(4) {
        o.see_all(CAUSE, v);
        let (code, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        if size < 4 {
            return Ok(());
        }
        let cause = v.cut(size);
        match CAUSES.iter().find(|row| row.0 == code) {
            Some(&(_, slots)) => o.see_all(slots, cause),
            // What is refused or not understood is inside.
            None if matches!(code, 5 | 8 | 0xa0..=0xa2) => parameters(o, cause.skip(4))?,
            None if code == 12 => o.note_octets(id!("sctp.cause_information"), cause.skip(4).data()),
            None => {}
        }
        v = v.skip(size.next_multiple_of(4));
    }
    Ok(())
}
