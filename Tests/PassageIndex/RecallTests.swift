import Conversation
import FoundationEssentials
import PassageIndex
import Testing

@Suite struct RecallTests {
    private struct Paragraph: Decodable {
        var text: String
        var questions: [String]
    }

    /// Floors a little below what was measured: R@1 .936 to .944 and MRR .962 to .968 on this part
    /// (.930, .926 and .913 first on the whole of XQuAD in English, Spanish and German).
    private static let leastFirst = 0.925
    private static let leastReciprocal = 0.955

    @Test(
        "full-text search finds the right paragraph in European languages",
        arguments: ["en", "es", "de"])
    func xquad(_ language: String) async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/xquad.\(language).json")
        let paragraphs = try JSONDecoder().decode([Paragraph].self, from: Data(contentsOf: file))
        let index = PassageIndex(tenant: "shop")
        try await index.upsert(
            paragraphs.enumerated().map { passage(String($0.offset), $0.element.text) })
        var ranks: [Int?] = []
        for (number, paragraph) in paragraphs.enumerated() {
            for question in paragraph.questions {
                let found = await index.searchText(question, limit: 20)
                ranks.append(found.first { $0.id.rawValue == String(number) }?.rank)
            }
        }
        let first = Double(ranks.count { $0 == 1 }) / Double(ranks.count)
        let reciprocal =
            ranks.reduce(0.0) { $0 + ($1.map { 1 / Double($0) } ?? 0) } / Double(ranks.count)
        #expect(first >= Self.leastFirst, "R@1 \(first), MRR \(reciprocal)")
        #expect(reciprocal >= Self.leastReciprocal, "R@1 \(first), MRR \(reciprocal)")
    }

    /// One small shop in each script; each question asks for the passage at its place.
    private static let shops: [(script: String, passages: [String], questions: [String])] = [
        (
            "Hindi",
            [
                "दुकान सोमवार से शुक्रवार सुबह दस बजे से शाम सात बजे तक खुली रहती है।",
                "शनिवार को हम सुबह नौ बजे खुलते हैं और दोपहर दो बजे बंद होते हैं।",
                "साइकिल का किराया पूरे दिन के लिए दो सौ रुपये है।",
                "मरम्मत पर छह महीने की वारंटी दी जाती है।",
                "बुकिंग चौबीस घंटे पहले तक मुफ़्त रद्द की जा सकती है।",
            ],
            [
                "शुक्रवार को दुकान कब तक खुली है?", "शनिवार को कितने बजे खुलते हैं?",
                "एक दिन का साइकिल किराया कितना है?", "वारंटी कितने महीने की है?",
                "क्या मैं बुकिंग रद्द कर सकता हूँ?",
            ]
        ),
        (
            "Chinese",
            [
                "本店周一至周五上午十点到晚上七点营业。", "星期六我们上午九点开门，下午两点关门。",
                "自行车租金为每天一百元，押金三百元。", "所有维修服务均享有六个月保修。",
                "预订可在二十四小时前免费取消。",
            ],
            ["周五营业到几点？", "星期六几点开门？", "租自行车一天多少钱？", "维修有保修吗？", "怎么取消预订？"]
        ),
        (
            "Japanese",
            [
                "平日は午前十時から午後七時まで営業しています。", "土曜日は朝九時に開店し、午後二時に閉店します。",
                "自転車のレンタル料金は一日二千円です。", "修理には六か月の保証が付きます。",
                "予約は二十四時間前まで無料でキャンセルできます。",
            ],
            [
                "平日の営業は何時までですか？", "土曜日は何時に開きますか？", "レンタル料金はいくらですか？",
                "修理の保証はありますか？", "予約をキャンセルしたいです",
            ]
        ),
        (
            "Thai",
            [
                "ร้านเปิดวันจันทร์ถึงวันศุกร์ สิบโมงเช้าถึงหนึ่งทุ่ม",
                "วันเสาร์เราเปิดเก้าโมงเช้าและปิดบ่ายสองโมง", "ค่าเช่าจักรยานวันละสองร้อยบาท",
                "งานซ่อมมีการรับประกันหกเดือน", "ยกเลิกการจองได้ฟรีก่อนยี่สิบสี่ชั่วโมง",
            ],
            [
                "วันศุกร์ร้านเปิดถึงกี่โมง", "เสาร์เปิดกี่โมง", "เช่าจักรยานราคาเท่าไหร่",
                "ซ่อมแล้วรับประกันไหม", "อยากยกเลิกการจอง",
            ]
        ),
        (
            "Arabic",
            [
                "المحل مفتوح من الاثنين إلى الجمعة من العاشرة صباحا حتى السابعة مساء.",
                "يوم السبت نفتح في التاسعة صباحا ونغلق في الثانية بعد الظهر.",
                "إيجار الدراجة عشرون دولارا في اليوم.", "نقدم ضمانا لمدة ستة أشهر على التصليح.",
                "يمكن إلغاء الحجز مجانا قبل أربع وعشرين ساعة.",
            ],
            [
                "هل المحل مفتوح يوم الجمعة؟", "متى تفتحون يوم السبت؟", "كم إيجار دراجة؟",
                "هل يوجد ضمان على تصليح الدراجة لستة أشهر؟", "كيف ألغي الحجز؟",
            ]
        ),
        (
            "Korean",
            [
                "평일에는 오전 열 시부터 오후 일곱 시까지 영업합니다.", "토요일은 아침 아홉 시에 문을 엽니다.",
                "자전거 대여료는 하루에 이만 원입니다.", "수리는 육 개월 동안 보증합니다.",
                "예약은 스물네 시간 전까지 무료로 취소할 수 있습니다.",
            ],
            ["평일 영업시간", "토요일에 몇 시에 열어요?", "자전거를 빌리는 대여료?", "수리 보증이 되나요?", "예약을 취소하고 싶어요"]
        ),
        (
            "Russian",
            [
                "Магазин работает с понедельника по пятницу с десяти до девятнадцати.",
                "В субботу мы открываемся в девять и закрываемся в четырнадцать часов.",
                "Прокат велосипеда стоит двадцать евро в день.",
                "На ремонт даётся гарантия шесть месяцев.",
                "Бронирование можно отменить бесплатно за сутки.",
            ],
            [
                "До скольки вы работаете в пятницу?", "Когда открытие по субботам?",
                "Сколько стоит взять велосипед?", "Есть ли гарантии на ремонты?",
                "Как отменить бронь?",
            ]
        ),
    ]

    @Test(
        "full-text search finds the right passage in every kind of script", arguments: shops.indices
    )
    func scripts(_ shop: Int) async throws {
        let (script, passages, questions) = Self.shops[shop]
        let index = PassageIndex(tenant: "shop")
        try await index.upsert(passages.enumerated().map { passage(String($0.offset), $0.element) })
        for (number, question) in questions.enumerated() {
            let found = await index.searchText(question, limit: 5)
            #expect(found.first?.id.rawValue == String(number), "\(script): \(question)")
        }
    }
}
