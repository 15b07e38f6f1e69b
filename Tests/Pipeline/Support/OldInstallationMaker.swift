import EventLog
import Foundation
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import SQLite
import SQLiteEventLog
import Testing

/// Makes one of `Fixtures`: a data folder of the version that is built, killed in mid-work.
///
/// In a checkout of the version that is to be upgraded from, with this file and
/// `OldInstallation.swift`:
///
///     PARLEY_OLD_INSTALLATION=before-endpoints swift test --filter OldInstallationMaker
///
/// The tenants' secrets are the simulator's, made up, and so are the keys that seal them.
@Suite(
    .ownInstallation,
    .enabled(if: oldInstallationName != nil, "PARLEY_OLD_INSTALLATION names no fixture"))
struct OldInstallationMaker {
    /// Answers at once, unless a fault prevents it.
    private static let shop = "shop"
    /// Waits a minute for more of a burst.
    private static let patient = "patient"

    @Test("a data folder with work of every kind in it")
    func make() async throws {
        let name = try #require(oldInstallationName)
        let scratch = try TemporaryFolder()
        try await withOutsideSimulator { simulator in
            let installation = try await RunningInstallation.start(
                ["--burst-pause", "0"], simulator: simulator)
            var messages: [OldInstallation.Message] = []
            do {
                messages = try await work(installation)
                try await setAside(in: installation)
                // What was read last is committed.
                try await Task.sleep(for: .seconds(3))
            } catch {
                installation.tell(about: error)
                await installation.end()
                throw error
            }
            let end = Int64(Date().timeIntervalSince1970 * 1_000)
            await installation.kill9()
            try await eventually("no process is left") {
                ProcessTable.naming(installation.data).isEmpty
            }
            let port = try #require(Int(simulator.base.split(separator: ":").last ?? ""))
            let manifest = OldInstallation.Manifest(
                end: end, graphPort: port, messages: messages)
            try JSONEncoder().encode(manifest).write(
                to: URL(filePath: scratch.path + "/manifest.json"))
            try await pack(installation.data, simulator, into: name, by: scratch.path)
        }
    }

    /// Leaves a message in each of the roles.
    private func work(
        _ installation: RunningInstallation
    ) async throws -> [OldInstallation.Message] {
        _ = try await installation.connect(Self.shop, burstPause: 0, documents: Facts.documents)
        _ = try await installation.connect(
            Self.patient, burstPause: 60_000, documents: Facts.documents)
        var messages: [OldInstallation.Message] = []
        func write(
            _ text: String, _ role: OldInstallation.Role, to business: String = Self.shop
        ) async throws -> Customer {
            let customer = Customer(of: business, in: installation)
            let wamid = try await customer.write(text)
            messages.append(
                .init(
                    business: business, phone: customer.phone, text: text, wamid: wamid, role: role)
            )
            return customer
        }
        let answered = try await write(Facts.questions[0], .answered)
        try await answered.seen(atLeast: 1)
        let queued = try await write("Do you sell surfboards?", .queued)
        try await queued.seen(atLeast: 1)
        let claimed = try await write("Do you sell kayaks?", .claimed)
        try await claimed.seen(atLeast: 1)
        let ana = try await Agent.connect("ana", name: "Ana", of: Self.shop, in: installation)
        let conversation = try await Handoffs.conversation(of: claimed.phone, in: installation)
        #expect(try await ana.ask("claim", conversation)["type"].string == "accepted")
        let sent = try await ana.ask("send", conversation, text: "We do not.")
        #expect(sent["type"].string == "accepted")
        try await claimed.seen(atLeast: 2)
        try await installation.fault("drop_answer", of: Self.shop)
        try await installation.fault("no_status", of: Self.shop, ["count": 3])
        let unknown = try await write(Facts.questions[1], .unknown)
        try await unknown.seen(atLeast: 1)
        try await installation.fault("throttle", of: Self.shop, ["count": 1_000_000])
        _ = try await write(Facts.questions[2], .waiting)
        _ = try await write(Facts.questions[0], .gathering, to: Self.patient)
        try await eventually("the answer is refused for now") {
            let stats = try await installation.simulator.call(.get, "/api/v1/stats")
            return (stats["faults"]["throttle"].int ?? 0) > 0
        }
        return messages
    }

    /// A record that no version can read.
    private func setAside(in installation: RunningInstallation) async throws {
        let log = try await SQLiteEventLog.open(path: installation.data + "/log.sqlite") {
            Int64(Date().timeIntervalSince1970 * 1_000)
        }
        let appender = try await log.openAppender()
        try await appender.append([
            Record(
                topic: "documents", key: Array("shop/broken".utf8), value: Array("{".utf8),
                timestamp: Int64(Date().timeIntervalSince1970 * 1_000))
        ])
        await appender.close()
        await log.close()
    }

    /// Packs what a start reads; no logs, no locks, nothing of this machine.
    private func pack(
        _ data: String, _ simulator: LocalAPI, into name: String, by scratch: String
    ) async throws {
        let businesses = try await simulator.call(.get, "/api/v1/businesses")
        try Data("\(try Self.text(businesses))".utf8).write(
            to: URL(filePath: scratch + "/businesses.json"))
        let file = try Connection(path: data + "/log.sqlite")
        _ = try file.query("PRAGMA wal_checkpoint(TRUNCATE)") { $0.int64(0) }
        try file.execute("VACUUM")
        _ = try file.query("PRAGMA wal_checkpoint(TRUNCATE)") { $0.int64(0) }
        let folder = ParleyProgram.home + "/Tests/Pipeline/Fixtures"
        let packed = try await ParleyProgram.script(
            """
            set -e
            mkdir -p '\(scratch)/data' '\(folder)'
            cd '\(data)'
            for part in *; do
                case $part in
                    logs|lock*|run.json|*.out|caches|*.sqlite[.-]*|attempts|settings) ;;
                    *) cp -a "$part" '\(scratch)/data/' ;;
                esac
            done
            ls -R '\(scratch)'
            cd '\(scratch)'
            tar --owner=0 --group=0 -cf - manifest.json businesses.json data | gzip -9n \
                >'\(folder)/\(name).tar.gz'
            """)
        try #require(packed.exit == .code(0), "\(packed.output)")
        print(packed.output)
    }

    private static func text(_ json: JSON) throws -> String {
        let objects = json.elements.map { business in
            guard case .object(let fields) = business else { return [String: String]() }
            return fields.compactMapValues(\.string)
        }
        return String(decoding: try jsonBytes(objects), as: UTF8.self)
    }
}

/// The handoffs as the console lists them.
enum Handoffs {
    static func list(
        _ installation: RunningInstallation, of business: String
    ) async throws -> [JSON] {
        try await installation.console.call(.get, "/api/v1/tenants/\(business)/handoffs")[
            "handoffs"
        ]
        .elements
    }

    /// The conversation of a customer who waits for a person.
    static func conversation(
        of phone: String, business: String = "shop", in installation: RunningInstallation
    ) async throws -> String {
        try await eventually("the handoff of \(phone) is listed") {
            try await list(installation, of: business).first {
                $0["customer"]["phone"].string == phone
            }?["conversation"].string
        }
    }
}

/// Which fixture is to be made.
let oldInstallationName = ProcessInfo.processInfo.environment["PARLEY_OLD_INSTALLATION"]
