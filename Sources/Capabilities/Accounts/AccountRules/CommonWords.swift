/// Words that passwords are made of most often, in the languages that pages are in; without
/// accents, in lower case.
enum CommonWords {
    private static let text = """
        abc access account admin administrator adobe aloha amigo amigos amor amorcito amore andrea
        angel angels animal apple april asdf august autumn babygirl banana baseball basketball
        batman beach bear beauty bestia bienvenido blink blue bonita boomer boss brasil buddy
        business butterfly calidad camila carlos carolina casa casita chance changeme charlie cheese
        chelsea chicken chocolate clave cliente coche coffee colombia company computer conejo contra
        contrasena cookie corazon cowboy daniel david december default demo denver diamond diego
        dinero dios donald dragon eagle elephant empresa enero enter espana estrella facebook
        familia family father february felicidad felix ferrari flower football forever freedom
        friday friend friends fuckyou futbol gabriel garcia gato george ginger girl gold golfer
        gonzalez google green guest hallo hammer hannah happy harley hello hermano hermosa hola
        hombre honey house hunter iceman iloveyou in internet invierno jackson january jasmine
        jennifer jessica jesus jordan juan julio july june junior justin killer king kitty lakers
        letmein liberty life linda login london lopez lord love lovely loveme lover lovers lucky
        madrid maggie maria marina marlboro marley martes martin martinez master matrix matthew may
        merlin mexico mi mia miamor michael michelle mickey miercoles minecraft mio monday money
        monica monkey morgan mother mundo music mustang my naruto negrito new nicole ninja november
        october office oliver orange otono pass passcode passphrase passwd password pastor patito
        pepper perfect perro pokemon primavera prince princesa princess private purple qwert qwerty
        raiders rainbow ranger real red robert rockstar roman root rosa running samantha samsung
        samuel sandra santiago saturday schatz school scorpion sebastian secret secreto secure
        security segura seguro september server service servicio shadow silver soccer sol sophie
        spiderman spring star starwars steven summer sunday sunflower sunshine super superman
        support teacher teamo temp temporal tequiero test tester testing thank the this thomas
        thunder thursday tiger tigger tinkerbell trabajo trustno tuesday twitter ubuntu universe
        unknown user usuario valentina verano viernes viva wednesday welcome whatever whatsapp white
        william winter wizard world yellow yomismo you your zaq zeus
        """

    /// All of them.
    static let all = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))

    /// Letters of the longest.
    static let longest = all.map(\.count).max() ?? 1
}
