import Testing

@testable import DocumentText

@Suite struct EncodingTests {
    let extractor = DocumentTextExtractor()

    /// Texts as shops write them, each with the encodings that their language is still met in.
    private static let cases: [(text: String, charsets: [String])] = [
        ("名前,年齢,住所\n佐藤太郎,30,東京都\n髙橋淳,28,名古屋", ["CP932", "UTF-16LE", "UTF-16BE"]),
        ("営業時間は午前9時から午後6時までです。", ["CP932", "EUC-JP-MS", "UTF-16LE"]),
        ("送料無料", ["CP932", "EUC-JP-MS", "UTF-16BE"]),
        ("商品名,価格\n自転車,12000\n修理,3000", ["CP932", "EUC-JP-MS"]),
        ("营业时间：周一至周五 9:00–18:00，周六休息。", ["GB18030", "UTF-16LE"]),
        ("免费停车", ["GB18030", "UTF-16LE"]), ("退货", ["GB18030"]),
        ("我們的商店位於市中心，歡迎光臨。", ["BIG5-HKSCS", "UTF-16BE"]),
        ("免費停車", ["BIG5-HKSCS"]), ("週日公休", ["BIG5-HKSCS"]),
        ("영업시간은 오전 9시부터 오후 6시까지입니다.", ["UHC", "UTF-16LE"]),
        ("무료 주차", ["UHC"]), ("상품,가격\n자전거,120000원", ["UHC"]),
        (
            "Мы открыты с понедельника по пятницу с 9:00 до 18:00.",
            ["CP1251", "KOI8-U", "CP866", "ISO-8859-5", "UTF-16LE"]
        ),
        ("Доставка", ["CP1251", "KOI8-U", "UTF-16BE"]),
        ("Товар;Цена\nВелосипед;12000 руб.", ["CP1251", "KOI8-U"]),
        ("Безкоштовна парковка, її ціни", ["CP1251", "KOI8-U"]),
        ("نحن مفتوحون من الاثنين إلى الجمعة من الساعة 9 إلى 18", ["CP1256", "UTF-16LE"]),
        ("موقف سيارات مجاني", ["CP1256"]), ("مرحبا", ["CP1256"]),
        ("Δωρεάν στάθμευση", ["CP1253"]), ("Τιμή 5 €", ["CP1253"]),
        ("אנחנו פתוחים מיום ראשון עד חמישי", ["CP1255", "UTF-16LE"]), ("שעות פתיחה", ["CP1255"]),
        ("Ücretsiz otopark ve şık bisikletler", ["CP1254"]),
        ("Jesteśmy czynni od poniedziałku do piątku. Źródło, żółty.", ["CP1250", "ISO-8859-2"]),
        ("Otevřeno denně, příliš žluťoučký kůň", ["CP1250"]),
        ("Hétfőtől péntekig nyitva vagyunk, kerékpárok és műhely", ["CP1250"]),
        ("เราเปิดวันจันทร์ถึงวันศุกร์ ราคา 500 บาท", ["CP874"]),
        ("Atidaryta kasdien, įėjimas nemokamas, šeštadienį", ["CP1257"]),
        ("Größe: 5 €", ["CP1252", "UTF-16LE"]), ("Café", ["CP1252"]), ("São Paulo", ["CP1252"]),
        ("“Don’t wait” – £5, 10 °C, ½ price: 5€", ["CP1252"]), ("ÖFFNUNGSZEITEN", ["CP1252"]),
        ("¿Qué? El niño, mañana", ["CP1252"]), ("L’été à Noël : garçon, œuvre", ["CP1252"]),
        ("Åben hele året: smørrebrød", ["CP1252"]),
        ("Nous sommes ouverts le samedi. Vélo à louer, garçon, été", ["MACINTOSH"]),
    ]

    @Test("a text is read in whatever encoding its language comes in, without being told which")
    func plainText() async throws {
        for (text, charsets) in Self.cases {
            for charset in charsets {
                let read = await sections("notes.txt", try encoded(text, as: charset))
                #expect(read.first == text, "\(charset)")
            }
        }
    }

    @Test("Markdown, tables and pages are read like plain text")
    func otherKinds() async throws {
        let markdown = "# 営業時間\n\n午前9時から午後6時まで。\n"
        #expect(
            await sections("a.md", try encoded(markdown, as: "CP932")) == ["午前9時から午後6時まで。"])
        let table = "Товар;Цена\nВелосипед;12000 руб.\nШлем;900 руб.\n"
        #expect(
            await sections("a.csv", try encoded(table, as: "CP1251"))
                == ["Товар: Велосипед; Цена: 12000 руб.\nТовар: Шлем; Цена: 900 руб."])
        #expect(
            await sections("a.csv", try encoded(table, as: "UTF-16LE"))
                == ["Товар: Велосипед; Цена: 12000 руб.\nТовар: Шлем; Цена: 900 руб."])
    }

    @Test(
        "a page is read rightly whether its meta tells the encoding, lies or says nothing",
        arguments: [
            "", "<meta charset=gb2312>", "<meta charset=\"iso-8859-1\">", "<meta charset='utf-8'>",
            "<META http-equiv=Content-Type content=\"text/html; charset=GBK\">",
            "<meta charset=\"shift_jis\">", "<meta charset=\"windows-1251\">",
        ])
    func pages(_ meta: String) async throws {
        let page =
            "<html><head>\(meta)<title>店</title></head><body><h1>营业时间</h1>"
            + "<p>我们周六休息，欢迎光临。</p></body></html>"
        for charset in ["GB18030", "UTF-8"] {
            let bytes = charset == "UTF-8" ? Array(page.utf8) : try encoded(page, as: charset)
            let read = await sections("a.html", bytes)
            #expect(read == ["我们周六休息，欢迎光临。"], "\(charset)")
        }
    }

    @Test("what a page says decides where its bytes make sense in several encodings")
    func declaredDecides() async throws {
        let page = "<html><head><meta charset=windows-1255></head><body><p>שלום</p></body></html>"
        #expect(await sections("a.html", try encoded(page, as: "CP1255")) == ["שלום"])
    }

    @Test(
        "text with a mark is read by it",
        arguments: [
            [0xEF, 0xBB, 0xBF] + Array("Größe: 5 €".utf8),
            [0xFF, 0xFE] + "Größe: 5 €".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
            [0xFE, 0xFF] + "Größe: 5 €".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] },
            [0xFF, 0xFE, 0, 0]
                + "Größe: 5 €".unicodeScalars.flatMap {
                    [UInt8($0.value & 255), UInt8($0.value >> 8), 0, 0]
                },
        ] as [[UInt8]])
    func marks(_ bytes: [UInt8]) async throws {
        #expect(await sections("sizes.txt", bytes) == ["Größe: 5 €"])
    }

    @Test("Japanese mail's encoding, which is ASCII with escapes, is read")
    func escapes() async throws {
        let bytes: [UInt8] = [0x1B, 0x24, 0x42, 0x31, 0x44, 0x36, 0x48, 0x1B, 0x28, 0x42]
        #expect(await sections("a.txt", bytes) == ["営業"])
    }

    @Test("a text that is UTF-8 but for some bytes is refused, with the line of the first")
    func damagedUTF8() async throws {
        let bytes =
            Array("Hours\nÖffnungszeiten: täglich für Gäste, außer ".utf8) + [0xC3, 0x28, 0xFF]
        let error = try #require(await failure("hours.txt", bytes))
        guard case .garbled(let detail) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(detail.contains("line 2"))
        #expect(detail.contains("UTF-8"))
        #expect(!error.isTransient)
    }

    @Test("a legacy text with bytes that its encoding has not is refused, not read in another")
    func damagedLegacy() async throws {
        let good = String(repeating: "営業時間は午前9時から午後6時までです。\n", count: 400)
        let bytes = try encoded(good, as: "CP932") + [0x81, 0x20, 0xFF, 0x0A]
        let error = try #require(await failure("hours.txt", bytes))
        guard case .garbled(let detail) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(detail.contains("line 401"))
    }

    @Test("noise is refused, whatever its name", arguments: ["a.txt", "a.csv", "a.md", "a.html"])
    func noise(_ name: String) async throws {
        var bytes: [UInt8] = []
        for number in 0..<400 {
            let noise = number * 7919 + number * number * 31
            bytes.append(UInt8(0x80 + noise % 0x80))
        }
        let error = try #require(await failure(name, bytes))
        guard case .garbled = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test(
        "text that was spoilt before it came is refused, with the line",
        arguments: [
            "Hours\nWir haben geÃ¶ffnet, auÃŸer an Feiertagen.", "Hours\nCafÃ© 3 â‚¬",
            "Hours\nOpen \u{FFFD} daily", "Hours\n锟斤拷营业时间",
        ])
    func spoilt(_ text: String) async throws {
        let error = try #require(await failure("hours.txt", Array(text.utf8)))
        guard case .garbled(let detail) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(detail.contains("line 2"))
    }

    @Test(
        "right text that only looks a little like a spoilt one is taken",
        arguments: [
            "»Spaß« für alle: größer", "Ângela está à espera", "Å bo på landet", "ÄÖÜ ß ÀÉ",
            "Temperatur: 5 °C – 10 °C", "naïve Ça", "हिन्दी में", "ქართული", "👍 5 € 🚲",
        ])
    func unspoilt(_ text: String) async throws {
        #expect(await sections("a.txt", Array(text.utf8)) == [text])
    }

    private func sections(_ name: String, _ bytes: [UInt8]) async -> [String] {
        do throws(DocumentTextError) {
            return try await extractor.extract(name: name, bytes: bytes).sections.map(\.text)
        } catch {
            return ["\(error)"]
        }
    }
}
