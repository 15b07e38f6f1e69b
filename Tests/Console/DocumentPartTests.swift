import Console
import Conversation
import Cryptography
import DocumentView
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Records
import Testing

@Suite("Documents in parts", .timeLimit(.minutes(5)))
struct DocumentPartTests {
    private let path = "/api/v1/tenants/sol/document-parts"
    private let assembly = "/api/v1/tenants/sol/assembled-documents?name=long.txt"

    private func body(_ parts: [String]) throws -> [UInt8] {
        try RecordCodec.encode(AssemblyForm(parts: parts))
    }

    @Test("go on where the line broke, and become one document")
    func resume() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let parts = ["We open ", "at nine."].map { Array($0.utf8) }
            let names = parts.map { SHA256.hex($0) }
            let put = try await office.ask(.put, "\(path)/\(names[0])", body: parts[0])
            #expect(put.status == 200)

            let here = try await office.ask(.get, "\(path)?of=\(names.joined(separator: ","))")
            #expect(try here.value(KeptParts.self).parts == [names[0]])
            let early = try await office.ask(.post, assembly, body: try body(names))
            #expect(early.status == 409)
            #expect(early.text.contains(names[1]) && !early.text.contains(names[0]))

            for _ in 0..<2 {
                let again = try await office.ask(.put, "\(path)/\(names[1])", body: parts[1])
                #expect(again.status == 200)
            }
            let whole = try await office.ask(.post, assembly, body: try body(names))
            #expect(whole.status == 202)
            let listing = try whole.value(DocumentListing.self)
            let bytes = parts[0] + parts[1]
            #expect(listing.contentHash == SHA256.hex(bytes) && listing.size == bytes.count)
            let file =
                office.folder.path
                + "/blobs/tenants/sol/\(listing.contentHash.prefix(2))/\(listing.contentHash)"
            #expect(FileManager.default.contents(atPath: file).map { [UInt8]($0) } == bytes)
        }
    }

    @Test("are refused where their bytes are others, too many, none, or another business's")
    func refusals() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            let part = Array("We open at nine.".utf8)
            let name = SHA256.hex(part)
            let other = SHA256.hex(Array("other".utf8))
            #expect(try await office.ask(.put, "\(path)/\(other)", body: part).status == 422)
            let short = try await office.ask(.put, "\(path)/\(name.prefix(63))", body: part)
            #expect(short.status == 400)
            let large = [UInt8](repeating: 7, count: 4 * 1024 * 1024 + 1)
            #expect(
                try await office.ask(.put, "\(path)/\(SHA256.hex(large))", body: large).status
                    == 413)
            #expect(try await office.ask(.put, "\(path)/\(name)", body: part).status == 200)
            let foreign = path.replacing("sol", with: "luna")
            #expect(
                try await office.ask(.get, "\(foreign)?of=\(name)").value(KeptParts.self).parts
                    .isEmpty)
            let stolen = try await office.ask(
                .post, assembly.replacing("sol", with: "luna"), body: try body([name]))
            #expect(stolen.status == 409)
            let tooMany = try await office.ask(
                .post, assembly, body: try body(Array(repeating: name, count: 9)))
            #expect(tooMany.status == 422 || tooMany.status == 400)
        }
    }

    @Test("are removed after a day: each says so before it is there")
    func life() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let part = Array("We open at nine.".utf8)
            let before = office.now
            _ = try await office.ask(.put, "\(path)/\(SHA256.hex(part))", body: part)
            let records = try await office.payloads(in: .mediaKept)
            let kept: [KeptMedium] = records.compactMap { record in
                guard case .payload(let medium as KeptMedium) = record else { return nil }
                return medium
            }
            let names: [String] = kept.map(\.sha256)
            #expect(names == [SHA256.hex(part)])
            let until = try #require(kept.first?.until)
            #expect(until >= before + .seconds(86_400))
            #expect(until <= office.now + .seconds(86_400))
        }
    }
}
