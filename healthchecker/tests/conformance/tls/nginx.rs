//! An nginx for each kind of certificate, and the authority that made them.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::places::Place;
use crate::server::Reserved;

/// The private authority: `ca.pem`, and a certificate and key for each server.
pub(crate) fn authority(place: &Place) -> Result<PathBuf, String> {
    let directory = place.file("tls");
    std::fs::create_dir(&directory).map_err(|error| error.to_string())?;
    let openssl = |words: &str| {
        let output = Command::new("openssl")
            .args(words.split(' '))
            .current_dir(&directory)
            .output()
            .map_err(|error| format!("openssl: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!(
            "openssl {words}: {}",
            String::from_utf8_lossy(&output.stderr)
        ))
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!(
        "req -x509 {key} -keyout ca.key -out ca.pem -days 30 -subj /CN=test-authority"
    ))?;
    for (name, san, days) in [
        ("good", "subjectAltName=DNS:localhost,IP:127.0.0.1", "30"),
        ("other", "subjectAltName=DNS:app.example", "30"),
        ("expired", "subjectAltName=DNS:localhost", "-1"),
    ] {
        std::fs::write(directory.join(format!("{name}.ext")), san)
            .map_err(|error| error.to_string())?;
        openssl(&format!(
            "req {key} -keyout {name}.key -out {name}.csr -subj /CN={name}"
        ))?;
        openssl(&format!(
            "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.pem -days {days} -extfile {name}.ext"
        ))?;
    }
    Ok(directory)
}

pub(super) struct Nginx {
    child: Child,
    ports: [Reserved; 5],
    pub(super) authority: PathBuf,
    _place: Place,
}

pub(super) const GOOD: usize = 0;
pub(super) const TLS_1_2: usize = 1;
pub(super) const OTHER: usize = 2;
pub(super) const EXPIRED: usize = 3;
/// Wants a certificate of its clients.
pub(super) const MUTUAL: usize = 4;

impl Nginx {
    pub(super) fn start() -> Result<Arc<Self>, String> {
        let place = Place::new();
        let authority = authority(&place)?;
        let reserve = || Reserved::new().map_err(|error| error.to_string());
        let ports = [reserve()?, reserve()?, reserve()?, reserve()?, reserve()?];
        let configuration = authority.join("nginx.conf");
        std::fs::write(&configuration, configure(&ports, &authority))
            .map_err(|error| error.to_string())?;
        let child = Command::new("nginx")
            .arg("-p")
            .arg(&authority)
            .arg("-e")
            .arg(authority.join("error.log"))
            .arg("-c")
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("nginx: {error}"))?;
        let nginx = Self {
            child,
            ports,
            authority,
            _place: place,
        };
        nginx.wait_for()?;
        Ok(Arc::new(nginx))
    }

    fn wait_for(&self) -> Result<(), String> {
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.ports[MUTUAL].port())).is_err() {
            if start.elapsed() > Duration::from_secs(20) {
                let log = std::fs::read_to_string(self.authority.join("error.log"));
                return Err(format!(
                    "nginx does not listen: {}",
                    log.unwrap_or_default()
                ));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    pub(super) fn url(&self, server: usize, path: &str) -> String {
        format!("https://localhost:{}{path}", self.ports[server].port())
    }

    pub(super) fn cacert(&self) -> String {
        format!("--cacert={}", self.authority.join("ca.pem").display())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configure(ports: &[Reserved; 5], directory: &Path) -> String {
    let directory = directory.display();
    let servers: String = [
        ("good", "TLSv1.2 TLSv1.3", "off"),
        ("good", "TLSv1.2", "off"),
        ("other", "TLSv1.2 TLSv1.3", "off"),
        ("expired", "TLSv1.2 TLSv1.3", "off"),
        ("good", "TLSv1.2 TLSv1.3", "on"),
    ]
    .iter()
    .zip(ports)
    .map(|((certificate, protocols, verify), port)| {
        format!(
            "server {{ listen 127.0.0.1:{} ssl;
               ssl_certificate {directory}/{certificate}.pem; ssl_certificate_key {directory}/{certificate}.key;
               ssl_protocols {protocols};
               ssl_client_certificate {directory}/ca.pem; ssl_verify_client {verify};
               location /health {{ return 200 '{{\"status\":\"UP\"}}'; }}
               location /sick {{ return 503 'database gone'; }} }}\n",
            port.port()
        )
    })
    .collect();
    format!(
        "daemon off; master_process off; pid {directory}/nginx.pid; error_log {directory}/error.log;
         events {{ worker_connections 64; }}
         http {{ access_log off; client_body_temp_path {directory}/b; proxy_temp_path {directory}/p;
                 fastcgi_temp_path {directory}/f; uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
                 {servers} }}"
    )
}
