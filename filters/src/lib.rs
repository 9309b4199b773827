//! Filters: pcap-filter(7) expressions compiled by libpcap to classic BPF, run
//! over packets, and shown as `-d`, `-dd` and `-ddd` show them.

mod libpcap;
mod place;

pub use place::place;

use libpcap::Compiled;

/// For which packets a filter is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The DLT_ value of their link type.
    pub link: i32,
    /// The most octets of a packet.
    pub snaplen: u32,
    /// The network mask, which `ip broadcast` needs, in host order.
    pub mask: u32,
    /// Whether they come from a file: the address families in headers of BSD are
    /// then those of all systems, and what only a kernel knows cannot be asked for.
    pub savefile: bool,
}

/// One BPF instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Instruction {
    /// What it does.
    pub code: u16,
    /// Instructions to skip when a condition holds.
    pub jt: u8,
    /// Instructions to skip when it does not.
    pub jf: u8,
    /// The operand.
    pub k: u32,
}

/// The code of an instruction that ends with a constant.
const RETURN_CONSTANT: u16 = 0x06;

/// A compiled filter.
#[derive(Clone, Debug)]
pub struct Program {
    instructions: Vec<Instruction>,
    all: bool,
}

impl Program {
    /// A program that lets every packet pass.
    pub fn all() -> Self {
        Program { instructions: vec![Instruction { code: RETURN_CONSTANT, jt: 0, jf: 0, k: u32::MAX }], all: true }
    }

    /// Compiles `expression`; an empty one lets every packet pass.
    ///
    /// # Errors
    /// libpcap's message.
    pub fn compile(expression: &str, target: Target, optimize: bool) -> Result<Self, String> {
        let compiled = Compiled::new(expression, target, optimize)?;
        let instructions = compiled.instructions().to_vec();
        let all = matches!(instructions.first(), Some(i) if i.code == RETURN_CONSTANT && i.k > 0);
        Ok(Program { instructions, all })
    }

    /// Whether the packet passes: `data` is what was captured of `wire_len` octets.
    #[inline]
    pub fn matches(&self, data: &[u8], wire_len: u32) -> bool {
        self.all || libpcap::run(&self.instructions, data, wire_len)
    }

    /// Whether every packet passes.
    pub fn passes_all(&self) -> bool {
        self.all
    }

    /// The instructions.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }
}

/// The text of a program at a level of `-d`: 1 mnemonics, 2 a C initialiser, 3
/// and above decimal numbers.
pub fn dump(instructions: &[Instruction], level: u8) -> String {
    let lines = instructions.iter().enumerate().map(|(at, i)| match level {
        0 | 1 => libpcap::image(i, at),
        2 => format!("{{ 0x{:x}, {}, {}, 0x{:08x} }},", i.code, i.jt, i.jf, i.k),
        _ => format!("{} {} {} {}", i.code, i.jt, i.jf, i.k),
    });
    let count = (level > 2).then(|| instructions.len().to_string());
    count.into_iter().chain(lines).map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETHERNET: Target = Target { link: 1, snaplen: 262_144, mask: 0, savefile: false };

    #[test]
    fn programs_run_and_print_as_tcpdump_prints_them() {
        let program = Program::compile("ip", ETHERNET, true).unwrap();
        assert_eq!(
            dump(program.instructions(), 1),
            "(000) ldh      [12]\n(001) jeq      #0x800           jt 2\tjf 3\n(002) ret      #262144\n(003) ret      #0\n"
        );
        assert_eq!(
            dump(program.instructions(), 2),
            "{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000800 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },\n"
        );
        assert_eq!(dump(program.instructions(), 3), "4\n40 0 0 12\n21 0 1 2048\n6 0 0 262144\n6 0 0 0\n");
        let mut packet = [0; 60];
        assert!(!program.matches(&packet, 60));
        packet[12] = 8;
        assert!(program.matches(&packet, 60));
        assert!(!program.matches(&packet[..13], 60), "a load beyond the capture rejects");
    }

    #[test]
    fn the_length_on_the_wire_counts_and_an_empty_filter_passes_all() {
        let program = Program::compile("greater 1000", ETHERNET, true).unwrap();
        assert!(program.matches(&[0; 60], 1500));
        assert!(!program.matches(&[0; 60], 60));
        assert!(Program::compile("", ETHERNET, true).unwrap().passes_all());
    }

    #[test]
    fn files_may_come_from_any_system_and_know_no_directions() {
        const NULL: i32 = 0;
        let file = Target { link: NULL, savefile: true, ..ETHERNET };
        let ipv6 = Program::compile("ip6", file, true).unwrap();
        for family in [0x1e_u8, 0x1c, 0x18] {
            assert!(ipv6.matches(&[family, 0, 0, 0], 60), "{family:#x}");
        }
        let error = Program::compile("inbound", Target { savefile: true, ..ETHERNET }, true).unwrap_err();
        assert_eq!(error, "inbound/outbound not supported on Ethernet when reading savefiles");
    }

    #[test]
    fn errors_are_libpcaps() {
        let error = |text| Program::compile(text, ETHERNET, true).unwrap_err();
        assert_eq!(error("tcp prot 80"), "can't parse filter expression: syntax error");
        assert_eq!(error("port nosuch"), "unknown port 'nosuch'");
        assert_eq!(error("a\0b"), "the filter has a NUL character");
    }
}
