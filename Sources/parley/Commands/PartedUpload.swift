import Console
import Cryptography
import DocumentView
import HTTPClient

/// A large file on its way, part by part: where the line breaks, only what is missing is sent
/// again, by this run or by the next.
struct PartedUpload: Sendable {
    /// How often a part is tried.
    private static let tries = 5

    private let bytes: [UInt8]
    private let name: String
    private let tenant: String
    private let console: ConsoleClient

    /// Takes in a file.
    init(_ bytes: [UInt8], as name: String, to tenant: String, _ console: ConsoleClient) {
        self.bytes = bytes
        self.name = name
        self.tenant = tenant
        self.console = console
    }

    /// Whether a file goes in parts.
    static func isWorthIt(_ bytes: Int) -> Bool { bytes > DocumentParts.bytes }

    /// Sends what is not there, and has it put together; `query` is what else is said of it.
    func send(_ query: String, waiting wait: Int) async throws -> DocumentListing {
        let parts = stride(from: 0, to: bytes.count, by: DocumentParts.bytes).map { from in
            let end = min(from + DocumentParts.bytes, bytes.count)
            return (range: from..<end, name: SHA256.hex(Array(bytes[from..<end])))
        }
        let here = try await kept(parts.map(\.name))
        if !here.isEmpty { tell(parts.filter { here.contains($0.name) }.map(\.range)) }
        for (range, part) in parts where !here.contains(part) {
            try await put(Array(bytes[range]), as: part)
        }
        let form = try APIClient.json(AssemblyForm(parts: parts.map(\.name)))
        return try await console.call(
            .post, ConsoleClient.path("tenants", tenant, "assembled-documents") + query,
            body: form, wait: wait, as: DocumentListing.self)
    }

    private func kept(_ parts: [String]) async throws -> Set<String> {
        let path = ConsoleClient.path("tenants", tenant, "document-parts")
        let answer = try await console.call(
            .get, path + "?of=" + parts.joined(separator: ","), as: KeptParts.self)
        return Set(answer.parts)
    }

    private func tell(_ ranges: [Range<Int>]) {
        let (here, all) = (Self.megabytes(ranges.map(\.count).reduce(0, +)), bytes.count)
        Terminal.say("\(name): \(here) of \(Self.megabytes(all)) MB are there already; going on")
    }

    private static func megabytes(_ bytes: Int) -> Int { (bytes + 500_000) / 1_000_000 }

    /// Sends a part, again where the line broke or the console was not there for a moment.
    private func put(_ part: [UInt8], as hash: String) async throws {
        let path = ConsoleClient.path("tenants", tenant, "document-parts", hash)
        for number in 1... {
            do {
                _ = try await console.send(.put, path, body: part)
                return
            } catch let refusal as APIClient.Refusal {
                guard refusal.status >= 500 || refusal.status == 429, number < Self.tries else {
                    throw refusal
                }
            } catch {
                guard number < Self.tries else { throw error }
            }
            try await Task.sleep(for: .seconds(1 << (number - 1)))
        }
    }
}
