import Configuration
import Testing

@testable import parley

@Suite("Where an installation is reached")
struct AddressesTests {
    @Test(
        "is where it listens, in a form that URLs allow",
        arguments: [
            ("127.0.0.1", "http://127.0.0.1:8701"), ("127.0.0.2", "http://127.0.0.2:8701"),
            ("0.0.0.0", "http://127.0.0.1:8701"), ("::", "http://[::1]:8701"),
            ("fd00::7", "http://[fd00::7]:8701"), ("Shop.example", "http://shop.example:8701"),
        ])
    func url(host: String, console: String) {
        #expect(Addresses(host: host, base: 8_700).console == console)
    }

    @Test("but for what is this machine's alone")
    func loopback() {
        let addresses = Addresses(host: "192.0.2.7", base: 8_700)
        #expect(addresses.webhook == "http://192.0.2.7:8700/webhook")
        #expect(addresses.simulator == "http://127.0.0.1:8702")
        #expect(addresses.embeddings == "http://127.0.0.1:8703")
    }
}
