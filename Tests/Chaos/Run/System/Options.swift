import FoundationEssentials

/// What a run is told.
struct Options: Sendable {
    static let usage = """
        usage: Tests/chaos [--seconds N] [--seed S] [--log sqlite|kafka|URL] [--keep DIR]
                           [--conversations N] [--replicas N] [--only ACTION,…]
               Tests/chaos --sabotage NAME|all [--seconds N] [--seed S]

          --seconds N        how long the faults last (default: 60)
          --seed S           what plans the load, the faults and the nemesis (default: a new one)
          --log WHERE        sqlite (the default), kafka (a noida-db of its own), or a log's URL
          --keep DIR         keeps data and logs in this folder, whatever the outcome
          --conversations N  how many go on at once (default: 12)
          --replicas N       processes of each stage that can share its work (default: 2)
          --only ACTION,…    of the nemesis only these: kill, stop, fence, restart, killall,
                             broker, disk, endpoint, rotate, purge; none for no nemesis at all
          --sabotage NAME    breaks the product on purpose and expects to find it out
        """

    struct Slip: Error, CustomStringConvertible {
        var description: String
    }

    var seconds = 60
    var seed = UInt64.random(in: 1...999_999)
    var log = "sqlite"
    var keep: String?
    var conversations = 12
    var replicas = 2
    var only: Set<String>?
    /// The program under test.
    var parley: String
    /// The repository, where pipeline and prompts are.
    var home: String

    init(_ words: [String]) throws(Slip) {
        let environment = ProcessInfo.processInfo.environment
        // The link is always there on Linux.
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = URL(filePath: own ?? CommandLine.arguments[0]).deletingLastPathComponent()
        parley = environment["PARLEY_EXECUTABLE"] ?? folder.appending(path: "parley").path
        home = environment["PARLEY_HOME"] ?? FileManager.default.currentDirectoryPath
        var rest = words[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Slip(description: Self.usage) }
            try take(name, value)
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(Slip) {
        func number() throws(Slip) -> Int {
            guard let number = Int(value), number > 0 else {
                throw Slip(description: "\(name) is '\(value)', but should be a number above 0")
            }
            return number
        }
        switch name {
        case "--seconds": seconds = try number()
        case "--seed": seed = UInt64(try number())
        case "--log": log = value
        case "--keep": keep = value
        case "--conversations": conversations = try number()
        case "--replicas": replicas = try number()
        case "--only": only = Set(value.split(separator: ",").map(String.init))
        default: throw Slip(description: "there is no option \(name)\n\(Self.usage)")
        }
    }

    /// The command that runs the same plan again.
    var command: String {
        "Tests/chaos --seconds \(seconds) --seed \(seed) --log \(log)"
            + " --conversations \(conversations) --replicas \(replicas)"
            + (only.map { " --only \($0.sorted().joined(separator: ","))" } ?? "")
    }
}
