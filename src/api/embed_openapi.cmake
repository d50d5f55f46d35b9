# cmake -D FROM=openapi.yaml -D TO=openapi_document.cc -P embed_openapi.cmake: the document as a C++ string.
# In pieces, since a compiler need not take a literal longer than 64 KiB; the delimiter cannot occur in YAML of ours.
file(READ "${FROM}" rest)
set(literals "")
string(LENGTH "${rest}" length)
set(at 0)
while(at LESS length)
  string(SUBSTRING "${rest}" ${at} 8192 piece)
  string(APPEND literals "R\"~yaml~(${piece})~yaml~\"\n")
  math(EXPR at "${at} + 8192")
endwhile()
file(WRITE "${TO}" "#include \"api/openapi_document.h\"

namespace magpie::api {

std::string_view openapi_document() {
  static constexpr std::string_view kDocument =
${literals};
  return kDocument;
}

}  // namespace magpie::api
")
