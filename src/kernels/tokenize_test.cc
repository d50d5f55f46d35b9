#include "kernels/tokenize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "kernels/letters.h"
#include "kernels/stop_words.h"

namespace magpie {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

Item item_of(std::string title, std::vector<std::string> categories = {}, std::vector<std::string> tags = {}) {
  Item item;
  item.title = std::move(title);
  item.categories = std::move(categories);
  item.tags = std::move(tags);
  return item;
}

std::vector<std::string> terms(Language language, std::string_view text) { return TextAnalyzer(language).terms(text); }

std::string lowered(std::string_view text, TurkishCase turkish = TurkishCase::kNo) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) at += append_lowered(text, at, turkish, result);
  return result;
}

TEST(Letters, CapitalsOfManyAlphabetsBecomeSmall) {
  EXPECT_EQ(lowered("AbZ 19"), "abz 19");
  EXPECT_EQ(lowered("ÀÉÎÕÜ×ß"), "àéîõü×ß");
  EXPECT_EQ(lowered("ĀĘŁŃŐŒŠŸŻŽ"), "āęłńőœšÿżž");
  EXPECT_EQ(lowered("ȘȚ"), "șț");
  EXPECT_EQ(lowered("ΆΈΏΑΩΣ"), "άέώαωσ");
  EXPECT_EQ(lowered("ЁЖИЯЂ"), "ёжияђ");
  EXPECT_EQ(lowered("ẠỸ"), "ạỹ");
  EXPECT_EQ(lowered("七人の侍"), "七人の侍");
}

TEST(Letters, TurkishHasTwoIs) {
  EXPECT_EQ(lowered("ISPARTA İZMİR"), "isparta izmir");
  EXPECT_EQ(lowered("ISPARTA İZMİR", TurkishCase::kYes), "ısparta izmir");
}

TEST(Letters, BytesThatAreNoUtf8StayAsTheyAre) {
  for (const std::string text : {"\xC3", "\xE2\x80", "a\xFFZ", "\xF0\x9F\x98\x80", "\x80\x80", "\xC0\xAF"}) {
    std::string expected = text;
    if (text == "a\xFFZ") expected = "a\xFFz";
    EXPECT_EQ(lowered(text), expected);
  }
}

TEST(SplitWords, AtPunctuationAndSpaces) {
  EXPECT_THAT(split_words("Am\u00e9lie \u2014 \u201cLe FABULEUX\u201d", Language::kNone),
              ElementsAre("am\u00e9lie", "le", "fabuleux"));
  EXPECT_THAT(split_words("\u4e03\u4eba\u306e\u4f8d\u3001\u5f71", Language::kNone),
              ElementsAre("\u4e03\u4eba\u306e\u4f8d", "\u5f71"));
  EXPECT_THAT(split_words("", Language::kNone), IsEmpty());
  EXPECT_THAT(split_words(" - !", Language::kNone), IsEmpty());
}

TEST(SplitWords, NeverLooksPastTheText) {
  // Cut in the middle of a character: garbage in, no crash.
  EXPECT_THAT(split_words("ab\xC2", Language::kNone), ElementsAre("ab"));
  EXPECT_THAT(split_words("ab\xE2\x80", Language::kNone), ElementsAre("ab"));
}

TEST(TextAnalyzer, DropsStopWordsAndKeepsStems) {
  EXPECT_THAT(terms(Language::kEnglish, "The Lord of the Rings: 2 Towers (2002)"),
              ElementsAre("lord", "ring", "tower", "2002"));
  EXPECT_EQ(terms(Language::kEnglish, "recommendations"), terms(Language::kEnglish, "recommended"));
  EXPECT_THAT(terms(Language::kNone, "The Rings a"), ElementsAre("the", "rings"));
}

TEST(TextAnalyzer, KnowsTheFormsOfEachLanguage) {
  const auto same = [](Language language, const char* one, const char* other) {
    EXPECT_EQ(terms(language, one), terms(language, other)) << one;
    EXPECT_EQ(terms(language, one).size(), 1U) << one;
  };
  same(Language::kDanish, "drengene", "drenge");
  same(Language::kDutch, "boeken", "boek");
  same(Language::kEnglish, "Stories", "story");
  same(Language::kFinnish, "talossa", "talon");
  same(Language::kFrench, "CHANTEUSES", "chanteuse");
  same(Language::kGerman, "Häuser", "HAUS");
  same(Language::kHungarian, "könyvek", "könyv");
  same(Language::kItalian, "ragazzi", "ragazzo");
  same(Language::kNorwegian, "bøkene", "bøker");
  same(Language::kPortuguese, "meninos", "menino");
  same(Language::kRomanian, "cărților", "cărți");
  same(Language::kRussian, "КНИГИ", "книга");
  same(Language::kSpanish, "canciones", "canción");
  same(Language::kSwedish, "böckerna", "böcker");
  same(Language::kTurkish, "KİTAPLAR", "kitap");
}

TEST(TextAnalyzer, CategoriesAndTagsAreWholeTerms) {
  Item item = item_of("Alien", {"Science Fiction"}, {"Deep SPÄCE"});
  item.description = "A ship.";
  EXPECT_THAT(TextAnalyzer(Language::kEnglish).item_terms(item),
              ElementsAre("alien", "ship", "category:science fiction", "tag:deep späce"));
}

TEST(TextAnalyzer, AYearAddsItsDecade) {
  TextAnalyzer analyzer(Language::kEnglish);
  EXPECT_THAT(analyzer.item_terms(item_of("Alien (1979)")), ElementsAre("alien", "1979", "decade:197"));
  EXPECT_THAT(analyzer.item_terms(item_of("Alien", {}, {"1979"})), ElementsAre("alien", "tag:1979", "decade:197"));
  EXPECT_THAT(analyzer.item_terms(item_of("7000 12345 19x9")), Not(Contains(testing::StartsWith("decade:"))));
}

TEST(StopWords, AreInLowerCase) {
  for (std::size_t i = 0; i < kLanguages; ++i) {
    for (const std::string_view word : stop_words(static_cast<Language>(i))) EXPECT_EQ(lowered(word), word);
  }
  EXPECT_TRUE(is_stop_word(Language::kGerman, "für"));
  EXPECT_FALSE(is_stop_word(Language::kGerman, "haus"));
  EXPECT_FALSE(is_stop_word(Language::kNone, "the"));
}

TEST(Languages, HaveNames) {
  for (std::size_t i = 0; i < kLanguages; ++i) {
    const auto language = static_cast<Language>(i);
    EXPECT_EQ(parse_language(to_string(language)), language);
  }
  EXPECT_FALSE(parse_language("klingon").has_value());
}

Language detected(const std::vector<std::string>& descriptions) {
  std::vector<Item> items;
  for (const std::string& text : descriptions) items.emplace_back().description = text;
  std::vector<const Item*> pointers;
  for (const Item& item : items) pointers.push_back(&item);
  return detect_language(pointers);
}

TEST(DetectLanguage, TellsTheLanguagesApart) {
  EXPECT_EQ(detected({"En historie om en pige, der ikke ville være dronning, og hvad hun så blev til"}),
            Language::kDanish);
  EXPECT_EQ(detected({"Het verhaal van een meisje dat niet wilde dat haar vader naar huis ging"}), Language::kDutch);
  EXPECT_EQ(detected({"The story of a girl who did not want to be a queen"}), Language::kEnglish);
  EXPECT_EQ(detected({"Tarina tytöstä, joka ei ollut kuningatar, mutta hän oli myös onnellinen"}), Language::kFinnish);
  EXPECT_EQ(detected({"L'histoire d'une fille qui ne veut pas être la reine de son pays"}), Language::kFrench);
  EXPECT_EQ(detected({"Die Geschichte von einem Mädchen, das nicht die Königin sein wollte und auch keine wird"}),
            Language::kGerman);
  EXPECT_EQ(detected({"Egy lány története, aki nem akart királynő lenni, de mégis az lett, mert csak ő volt ott"}),
            Language::kHungarian);
  EXPECT_EQ(detected({"La storia di una ragazza che non voleva essere la regina del suo paese"}), Language::kItalian);
  EXPECT_EQ(detected({"Ei historie om ei jente som ikkje ville vere dronning, men hva skulle hun da bli"}),
            Language::kNorwegian);
  EXPECT_EQ(detected({"A história de uma menina que não queria ser a rainha do seu país"}), Language::kPortuguese);
  EXPECT_EQ(detected({"Povestea unei fete care nu a vrut să fie regină și a fost fericită în țara ei"}),
            Language::kRomanian);
  EXPECT_EQ(detected({"История о том, как она не хотела быть королевой, но все же была"}), Language::kRussian);
  EXPECT_EQ(detected({"La historia de una niña que no quería ser la reina de los mares, pero lo fue"}),
            Language::kSpanish);
  EXPECT_EQ(detected({"En berättelse om en flicka som inte ville vara drottning, men hon blev det ändå"}),
            Language::kSwedish);
  EXPECT_EQ(detected({"Kraliçe olmak istemeyen bir kız için çok güzel ve bu kadar da farklı bir hikaye"}),
            Language::kTurkish);
}

TEST(DetectLanguage, ACatalogueOfNamesIsEnglish) {
  EXPECT_EQ(detected({"Sony WH-1000XM4", "Canon EOS R6"}), Language::kEnglish);
  EXPECT_EQ(detected({}), Language::kEnglish);
}

}  // namespace
}  // namespace magpie
