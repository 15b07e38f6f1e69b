import Console
import Conversation
import Cryptography
import DocumentView
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Records
import SiteRecords
import Synchronization
import Testing
import WebPages

@Suite("Documents over HTTP", .timeLimit(.minutes(5)))
struct DocumentTests {
    /// Says what an indexer would say of the newest upload that it has not spoken of.
    private func index(
        _ office: Office, _ hash: String, _ outcome: DocumentState.Outcome, problem: String? = nil
    ) async throws {
        try await office.eventually("an upload of \(hash.prefix(8))") {
            let uploads = try await office.payloads(in: .documents).compactMap { payload in
                if case .payload(let upload as DocumentUpload) = payload { upload } else { nil }
            }
            guard let upload = uploads.last(where: { $0.contentHash == hash }) else { return false }
            try await office.append(
                DocumentState(
                    tenant: upload.tenant, document: upload.document, name: upload.name,
                    outcome: outcome, passages: outcome == .failed ? 0 : 4, embedded: 4,
                    contentHash: hash, size: upload.size, problem: problem, at: office.now),
                id: RecordID("state-\(hash)"))
            return true
        }
    }

    private func list(_ office: Office, _ tenant: String = "sol") async throws -> [DocumentListing]
    {
        try await office.ask(.get, "/api/v1/tenants/\(tenant)/documents").value(DocumentList.self)
            .documents
    }

    @Test("tells at once that an upload was set aside, and takes it back once it is read")
    func setAside() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let bytes = Array("We open at nine.".utf8)
            async let added = office.ask(
                .post, "/api/v1/tenants/sol/documents?name=hours.md&wait=20", body: bytes)
            try await office.eventually("the upload is in the log") {
                try await !office.payloads(in: .documents).isEmpty
            }
            try await office.setAside(.documents)
            let listing = try await added.value(DocumentListing.self)
            #expect(listing.isFailed)
            #expect(listing.problem?.contains("set aside") == true)
            try await index(office, SHA256.hex(bytes), .indexed)
            try await office.eventually("it is indexed") {
                try await list(office).first?.outcome == "indexed"
            }
            // The dead letter read again, as after a restart, changes nothing.
            try await office.setAside(.documents)
            try await office.addTenant("luna", number: "102")
            #expect(try await list(office).first?.outcome == "indexed")
        }
    }

    @Test("stores a document, waits for the indexer, lists it, and takes it out")
    func life() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let bytes = Array("We open at nine.".utf8)
            let hash = SHA256.hex(bytes)
            async let added = office.ask(
                .post, "/api/v1/tenants/sol/documents?name=hours%20today.md&wait=20", body: bytes)
            try await index(office, hash, .indexed)
            let answer = try await added
            #expect(answer.status == 201)
            let listing = try answer.value(DocumentListing.self)
            #expect(listing.name == "hours today.md")
            #expect(listing.outcome == "indexed")
            #expect(listing.passages == 4)
            let file = office.folder.path + "/blobs/tenants/sol/\(hash.prefix(2))/\(hash)"
            #expect(FileManager.default.contents(atPath: file).map { [UInt8]($0) } == bytes)
            #expect(try await list(office) == [listing])

            let target = "/api/v1/tenants/sol/documents/\(listing.id)"
            #expect(try await office.ask(.delete, target).status == 202)
            #expect(try await list(office).isEmpty)
            #expect(try await office.ask(.delete, target).status == 404)
            #expect(
                try await office.payloads(in: .documents).contains {
                    if case .payload(let gone as DocumentRemoval) = $0 {
                        gone.document == listing.id
                    } else {
                        false
                    }
                })
        }
    }

    @Test("keeps one document per name, and says pending until the new bytes are read")
    func changes() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let first = Array("one".utf8)
            let second = Array("two".utf8)
            _ = try await office.ask(
                .post, "/api/v1/tenants/sol/documents?name=a.txt", body: first)
            try await index(office, SHA256.hex(first), .indexed)
            try await office.eventually("indexed") {
                try await list(office).map(\.outcome) == ["indexed"]
            }
            let answer = try await office.ask(
                .post, "/api/v1/tenants/sol/documents?name=a.txt", body: second)
            #expect(answer.status == 202)
            let listed = try await list(office)
            #expect(listed.map(\.outcome) == ["pending"])
            #expect(listed.map(\.contentHash) == [SHA256.hex(second)])
            try await index(office, SHA256.hex(second), .failed, problem: "it is encrypted")
            try await office.eventually("failed") {
                try await list(office).map(\.problem) == ["it is encrypted"]
            }
        }
    }

    @Test("says whose place a document took, and nothing where it took none")
    func replacing() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let texts = ["one", "two", "two"].map { Array($0.utf8) }
            var replaced: [String?] = []
            for text in texts {
                let answer = try await office.ask(
                    .post, "/api/v1/tenants/sol/documents?name=a.txt", body: text)
                replaced.append(try answer.value(DocumentListing.self).replaces)
            }
            #expect(replaced == [nil, SHA256.hex(texts[0]), nil])
            let id = try #require(try await list(office).first?.id)
            #expect(try await list(office).map(\.replaces) == [nil])
            _ = try await office.ask(.delete, "/api/v1/tenants/sol/documents/\(id)")
            let again = try await office.ask(
                .post, "/api/v1/tenants/sol/documents?name=a.txt", body: texts[0])
            #expect(try again.value(DocumentListing.self).replaces == nil)
        }
    }

    @Test("of two documents put in at once under one name, the one that lost its place is told so")
    func atOnce() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let answers = try await withThrowingTaskGroup(of: Office.Answer.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await office.ask(
                            .post, "/api/v1/tenants/sol/documents?name=a.txt",
                            body: Array("version \(number)".utf8))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let kept = try #require(try await list(office).first)
            // Each that is not the one kept was told, or is named by the one that replaced it.
            var named: Set<String> = []
            var lost: Set<String> = Set((0..<8).map { SHA256.hex(Array("version \($0)".utf8)) })
            for answer in answers {
                if answer.status == 409 {
                    #expect(answer.text.contains("took this one's place"))
                } else {
                    let listing = try answer.value(DocumentListing.self)
                    lost.remove(listing.contentHash)
                    if let other = listing.replaces { named.insert(other) }
                }
            }
            #expect(!lost.contains(kept.contentHash))
            let told = answers.count { $0.status == 409 }
            #expect(told == lost.count)
            let uploads = try await office.payloads(in: .documents).count
            #expect(uploads == 8)
            #expect(named.count + told >= 7, "nobody lost a document without a word")
        }
    }

    @Test("shows a tenant its own documents only")
    func scope() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            _ = try await office.ask(
                .post, "/api/v1/tenants/sol/documents?name=a.txt", body: Array("x".utf8))
            let id = try #require(try await list(office).first?.id)
            #expect(try await list(office, "luna").isEmpty)
            #expect(
                try await office.ask(.delete, "/api/v1/tenants/luna/documents/\(id)").status == 404)
            #expect(try await office.ask(.get, "/api/v1/tenants/none/documents").status == 404)
            let found = try await office.ask(
                .get, "/api/v1/tenants/luna/search?q=open%20when&limit=2")
            #expect(
                try found.value(FoundPassages.self).passages.map(\.text) == ["luna open when 2"])
        }
    }

    @Test(
        "refuses what is no document or no question, with a sentence",
        arguments: [
            ("documents", "x", "name"), ("documents?name=", "x", "name"),
            ("documents?name=a%2Fb.txt", "x", "folders"), ("documents?name=..", "x", "name"),
            ("documents?name=a%00.txt", "x", ""), ("documents?name=a.txt", "", "no bytes"),
            ("documents?name=a.txt&wait=soon", "x", "wait"),
        ])
    func refusals(target: String, body: String, word: String) async throws {
        try await Office.open { office in
            try await office.addTenant()
            let answer = try await office.ask(
                .post, "/api/v1/tenants/sol/\(target)", body: Array(body.utf8))
            #expect(answer.status == 400)
            #expect(answer.text.contains(word), "\(answer.text)")
            #expect(try await office.ask(.get, "/api/v1/tenants/sol/search?q=%20").status == 400)
            #expect(
                try await office.ask(.get, "/api/v1/tenants/sol/search?q=a&limit=0").status == 400)
            #expect(try await office.payloads(in: .documents).isEmpty)
        }
    }

    @Test("names the limit to whoever sends too large a document")
    func tooLarge() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let answer = try await office.ask(
                .post, "/api/v1/tenants/sol/documents?name=film.pdf",
                body: [UInt8](repeating: 0, count: 32 * 1024 * 1024 + 1))
            #expect(answer.status == 413)
            #expect(answer.text.contains("32 MB"))
        }
    }

    @Test("takes typed answers, the same question in place of the one before, and terms")
    func answers() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let path = "/api/v1/tenants/sol/answers"
            func add(_ question: String, _ answer: String) async throws -> DocumentListing {
                let body =
                    #"{"question":"\#(question)","answer":"\#(answer)","terms":{"priority":2}}"#
                let added = try await office.ask(.post, path, body: Array(body.utf8))
                #expect(added.status == 202, "\(added.text)")
                return try added.value(DocumentListing.self)
            }
            let first = try await add("Do you repair scooters?", "No.")
            let second = try await add("do you repair SCOOTERS", "Only on Mondays.")
            #expect(first.id == second.id && second.replaces == first.contentHash)
            let listed = try await list(office)
            #expect(listed.map(\.answer) == ["Only on Mondays."])
            #expect(listed.map(\.question) == ["do you repair SCOOTERS"])
            #expect(listed.map(\.terms?.priority) == [2])

            let terms = "/api/v1/tenants/sol/documents/\(first.id)/terms"
            let changed = try await office.ask(
                .put, terms, body: Array(#"{"validUntil":2000,"labels":["winter"]}"#.utf8))
            #expect(changed.status == 200, "\(changed.text)")
            let wanted = DocumentTerms(
                validUntil: Timestamp(milliseconds: 2_000), labels: ["winter"])
            #expect(try await list(office).map(\.terms) == [wanted])
            let never = try await office.ask(
                .put, terms, body: Array(#"{"validFrom":3000,"validUntil":2000}"#.utf8))
            #expect(never.status == 422 && never.text.contains("never be found"))
            let missing = try await office.ask(
                .put, "/api/v1/tenants/sol/documents/doc_none/terms", body: Array("{}".utf8))
            #expect(missing.status == 404)
            #expect(
                try await office.ask(
                    .post, path, body: Array(#"{"question":"??","answer":"x"}"#.utf8)
                ).status == 422)
        }
    }

    @Test("an upload says from when and until when it is found, and under what words it is kept")
    func terms() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let path =
                "/api/v1/tenants/sol/documents?name=a.txt&validFrom=1000&validUntil=2000"
                + "&priority=-1&labels=winter,%20hours"
            #expect(try await office.ask(.post, path, body: Array("one".utf8)).status == 202)
            let wanted = DocumentTerms(
                validFrom: Timestamp(milliseconds: 1_000),
                validUntil: Timestamp(milliseconds: 2_000), priority: -1,
                labels: ["winter", "hours"])
            #expect(try await list(office).map(\.terms) == [wanted])
            // The same name anew without terms keeps them.
            _ = try await office.ask(
                .post, "/api/v1/tenants/sol/documents?name=a.txt", body: Array("two".utf8))
            #expect(try await list(office).map(\.terms) == [wanted])
        }
    }

    @Test("puts in pages of the web by their addresses, the same again only where they changed")
    func webPages() async throws {
        var options = ConsoleOptions()
        let bodies = Mutex(["We open at nine.", "We open at nine.", "We open at ten."])
        options.crawl = { url, limits throws(Crawler.Failure) in
            guard url.host() == "shop.example" else {
                throw Crawler.Failure("there is no site \(url.host() ?? "")")
            }
            let body = bodies.withLock { $0.removeFirst() }
            return Crawler.Crawl(
                pages: [.init(url: url.absoluteString, bytes: Array(body.utf8))],
                missed: ["https://shop.example/gone": "there is no page"],
                isCut: limits.pages == 1)
        }
        try await Office.open(options) { office in
            try await office.addTenant()
            let path = "/api/v1/tenants/sol/webpages"
            func add(_ body: String) async throws -> Office.Answer {
                try await office.ask(.post, path, body: Array(body.utf8))
            }
            let fetched = try await add(#"{"url":"https://shop.example#x","pages":1}"#)
            #expect(fetched.status == 202, "\(fetched.text)")
            let pages = try fetched.value(FetchedPages.self)
            #expect(pages.documents.map(\.name) == ["https://shop.example/"])
            #expect(pages.missed.map(\.url) == ["https://shop.example/gone"] && pages.isCut)
            _ = try await add(#"{"url":"https://shop.example/"}"#)
            let uploads = { () async throws in
                try await office.payloads(in: .documents).count
            }
            #expect(try await uploads() == 1, "it is as it was")
            _ = try await add(#"{"url":"https://shop.example/"}"#)
            #expect(try await uploads() == 2)
            #expect(try await list(office).count == 1)
            #expect(try await add(#"{"url":"https://none.example/"}"#).status == 422)
            #expect(try await add(#"{"url":"ftp://shop.example/"}"#).status == 400)
            #expect(try await add(#"{"url":"https://a:b@shop.example/"}"#).status == 400)
        }
    }

    @Test("has a site read again and again where that is wished, and no more where it is not")
    func sites() async throws {
        var options = ConsoleOptions()
        options.crawl = { url, _ in
            Crawler.Crawl(
                pages: [.init(url: url.absoluteString, bytes: Array("We open at nine.".utf8))])
        }
        try await Office.open(options) { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            let pages = "/api/v1/tenants/sol/webpages"
            _ = try await office.ask(
                .post, pages, body: Array(#"{"url":"https://once.example/"}"#.utf8))
            let body = Array(#"{"url":"https://shop.example/","depth":1,"everyHours":24}"#.utf8)
            #expect(try await office.ask(.post, pages, body: body).status == 202)
            let path = "/api/v1/tenants/sol/sites"
            let sites = try await office.ask(.get, path).value(SiteList.self).sites
            #expect(sites.map(\.url) == ["https://shop.example/"])
            let site = try #require(sites.first)
            #expect(site.everyHours == 24 && site.depth == 1 && site.pages == 20)
            let wishes = { () async throws in
                try await office.payloads(in: .sitesCommands).compactMap { payload in
                    if case .payload(let command as SiteCommand) = payload {
                        command.wish
                    } else {
                        nil
                    }
                }
            }
            guard case .watch(_, let known)? = try await wishes().first else {
                Issue.record("nobody is told to read it")
                return
            }
            #expect(known.map(\.url) == ["https://shop.example/"])
            #expect(known.map(\.contentHash) == [SHA256.hex(Array("We open at nine.".utf8))])

            let foreign = "/api/v1/tenants/luna/sites/\(site.id)"
            #expect(try await office.ask(.delete, foreign).status == 404)
            #expect(try await office.ask(.post, foreign + "/reading").status == 404)
            #expect(try await office.ask(.delete, "\(path)/\(site.id)").status == 200)
            #expect(try await office.ask(.get, path).value(SiteList.self).sites.isEmpty)
            #expect(try await wishes().last == .forget)
        }
    }
}
