use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Addresses with a common beginning, such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether an address is one of them. An IPv4 address within IPv6 is that IPv4 address.
    ///
    /// ```
    /// use health_watchdog::dialects::registry::Network;
    ///
    /// let network: Network = "10.0.0.0/8".parse()?;
    /// assert!(network.contains("10.1.2.3".parse()?));
    /// assert!(!network.contains("11.1.2.3".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                is_same(own.to_bits().into(), other.to_bits().into(), 32 - self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                is_same(own.to_bits(), other.to_bits(), 128 - self.bits)
            }
            _ => false,
        }
    }
}

/// Whether all bits but the last `rest` are the same.
fn is_same(one: u128, other: u128, rest: u32) -> bool {
    (one ^ other).checked_shr(rest).unwrap_or(0) == 0
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let problem = || format!("{text:?} is no network; write as \"10.0.0.0/8\" or \"fd00::/8\"");
        let (address, bits) = text.split_once('/').ok_or_else(problem)?;
        let address: IpAddr = address.parse().map_err(|_| problem())?;
        let is_number = bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits = bits
            .parse()
            .ok()
            .filter(|_| is_number)
            .ok_or_else(problem)?;
        let (most, host) = match address {
            IpAddr::V4(address) => (32, u128::from(address.to_bits())),
            IpAddr::V6(address) => (128, address.to_bits()),
        };
        if bits > most {
            return Err(problem());
        }
        // What is set there was meant as something else.
        let beginning = is_same(host, 0, 0) || host.trailing_zeros() >= most - bits;
        if !beginning {
            return Err(format!(
                "{text:?} has bits set beyond its first {bits}; write the first address of the network"
            ));
        }
        Ok(Self { address, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}
