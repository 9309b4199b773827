//! Telnet's negotiation (RFC 854), refused: WILL is answered by DONT, DO by WONT.

const IAC: u8 = 255;
const DONT: u8 = 254;
const DO: u8 = 253;
const WONT: u8 = 252;
const WILL: u8 = 251;

/// What was seen of a command so far; commands may be cut anywhere.
#[derive(Default)]
pub(super) struct Telnet(State);

#[derive(Clone, Copy, Default)]
enum State {
    #[default]
    Data,
    Command,
    Option(u8),
}

impl Telnet {
    /// The answers to what was received.
    pub(super) fn answers(&mut self, received: &[u8]) -> Vec<u8> {
        let mut answers = Vec::new();
        for &octet in received {
            self.0 = match (self.0, octet) {
                (State::Data, IAC) => State::Command,
                (State::Command, WILL | DO | WONT | DONT) => State::Option(octet),
                (State::Option(command), option) => {
                    match command {
                        WILL => answers.extend([IAC, DONT, option]),
                        DO => answers.extend([IAC, WONT, option]),
                        _ => {}
                    }
                    State::Data
                }
                _ => State::Data,
            };
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_refused_wherever_they_are_cut() {
        let octets = [b'a', IAC, DO, 24, IAC, IAC, IAC, WILL, 1, IAC, WONT, 3, b'b'];
        let expected = [IAC, WONT, 24, IAC, DONT, 1];
        for cut in 0..octets.len() {
            let mut telnet = Telnet::default();
            let (first, second) = octets.split_at(cut);
            assert_eq!([telnet.answers(first), telnet.answers(second)].concat(), expected, "{cut}");
        }
    }
}
