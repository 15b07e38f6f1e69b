import BrokerRelay
import Glibc

/// `relay PORT BROKER`: listens on PORT of 127.0.0.1 before the noida-db on BROKER, until killed.
@main
struct Relay {
    static func main() throws {
        let ports = CommandLine.arguments.dropFirst().compactMap { UInt16($0) }
        guard ports.count == 2, CommandLine.arguments.count == 3 else {
            print("usage: relay PORT BROKER")
            exit(2)
        }
        let relay = try BrokerRelay(before: ports[1], on: ports[0])
        print("ready: kafka:127.0.0.1:\(relay.port)")
        fflush(nil)
        while true { pause() }
    }
}
