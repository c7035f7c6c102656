// The grammar of .gpuspec files. LL(1): the generated parser holds no call of adaptivePredict (a test looks). Tokens come
// from lexer.cpp (ATTR is a name or plain string directly before `=`); the embedded actions build syntax::Tree through
// TreeBuilder. `unit` is one top-level item: the caller loops, so that memory stays small on large files.
parser grammar GpuspecParser;

options { superClass = TreeBuilder; }

tokens {
  ATTR, IDENT, STRING, HEAD, MID, TAIL, LITERAL,
  PROJECT, IMPORT, PARAM, SECRET, LET, OUTPUT, MODULE, ASSERT, FOR, IF, ELSE, IN, ALLOW, SCALE_ON, EXPECT,
  PORT, EXCEPT, AS, FROM, ANNOTATION,
  EQ, LBRACE, RBRACE, LPAREN, RPAREN, LBRACK, RBRACK, COMMA, COLON, QUEST, DOT, ELLIPSIS, DOTDOT, ARROW,
  LT, GT, LE, GE, EQEQ, NE, PLUS, MINUS, STAR, SLASH, PERCENT, BANG, AND, OR
}

@parser::postinclude {
#include "lang/parse/tree_builder.h"
}

unit : project | importFile | param | item ;

project @init { const Mark m = mark(); } : PROJECT string { finish(NodeKind::Project, m); } ;

importFile @init { const Mark m = mark(); }
  : IMPORT string (AS name)? { finish(NodeKind::Import, m); } ;

param @init { const Mark m = mark(); std::uint16_t flags = 0; }
  : PARAM name COLON type (SECRET { flags |= syntax::kSecret; })? (EQ expr { flags |= syntax::kHasDefault; })?
    (string { flags |= syntax::kHasDoc; })? { finish(NodeKind::Param, m, flags); } ;

type @init { const Mark m = mark(); }
  : (IDENT | ATTR) { leaf(NodeKind::Name); } (arguments { finish(NodeKind::Call, m); })? ;

item : annotation | let | output | module | assertion | forItem | ifItem | allow | scaleOn | expect | attribute | named ;

annotation @init { const Mark m = mark(); }
  : ANNOTATION { leaf(NodeKind::Name, 1); } arguments { finish(NodeKind::Annotation, m); } ;

let @init { const Mark m = mark(); }
  : LET ATTR { leaf(NodeKind::Name); } EQ expr { finish(NodeKind::Let, m); } ;

output @init { const Mark m = mark(); }
  : OUTPUT ATTR { leaf(NodeKind::Name); } EQ expr { finish(NodeKind::Output, m); } ;

module @init { const Mark m = mark(); }
  : MODULE label FROM string body { finish(NodeKind::Module, m); } ;

assertion @init { const Mark m = mark(); }
  : ASSERT expr COMMA expr { finish(NodeKind::Assert, m); } ;

forItem @init { const Mark m = mark(); std::uint16_t flags = 0; }
  : FOR name (COMMA name { flags = syntax::kHasSecond; })? IN expr body { finish(NodeKind::For, m, flags); } ;

ifItem @init { const Mark m = mark(); }
  : IF expr body (ELSE (ifItem | body))? { finish(NodeKind::If, m); } ;

allow @init { const Mark m = mark(); std::uint16_t flags = 0; }
  : ALLOW name (IDENT | FROM) target
    (EXCEPT expr { flags |= syntax::kHasExcept; })? (PORT expr { flags |= syntax::kHasPort; })?
    { finish(NodeKind::Allow, m, flags); } ;

target @init { const Mark m = mark(); }
  : name (string | map | memberPath)? { finish(NodeKind::Target, m); } ;

memberPath @init { const Mark m = mark(); }
  : (DOT name | LBRACK expr RBRACK)+ { finish(NodeKind::Arguments, m); } ;

scaleOn @init { const Mark m = mark(); } : SCALE_ON expr { finish(NodeKind::ScaleOn, m); } ;

expect @init { const Mark m = mark(); } : EXPECT expr { finish(NodeKind::Expect, m); } ;

attribute @init { const Mark m = mark(); }
  : ATTR { leaf(NodeKind::Name); } EQ expr { finish(NodeKind::Attribute, m); } ;

named @init { const Mark m = mark(); }
  : IDENT { leaf(NodeKind::Name); }
         ( arguments EQ expr { finish(NodeKind::CallAttribute, m); }
         | label ( body { finish(NodeKind::Block, m, syntax::kHasLabel); }
                 | EQ expr { finish(NodeKind::Labelled, m); } )
         | ATTR { leaf(NodeKind::Name); } EQ expr { finish(NodeKind::Labelled, m); }
         | body { finish(NodeKind::Block, m); } ) ;

label : name | string ;

name : (IDENT | FROM | PORT | EXCEPT | AS) { leaf(NodeKind::Name); } ;

body @init { const Mark m = mark(); } : LBRACE item* RBRACE { finish(NodeKind::Body, m); } ;

expr @init { const Mark m = mark(); }
  : binary (QUEST expr COLON expr { finish(NodeKind::Conditional, m); })? ;

binary @init { const Mark m = mark(); const Operators ops = operators(); }
  : operand (binaryOperator operand)* { finishBinary(m, ops); } ;

binaryOperator
  : (OR | AND | EQEQ | NE | LT | GT | LE | GE | DOTDOT | PLUS | MINUS | STAR | SLASH | PERCENT) { pushOperator(); } ;

operand @init { const Mark m = mark(); const Operators ops = operators(); }
  : ((MINUS | BANG) { pushUnary(); })* primary suffix[m]* { finishUnary(m, ops); } ;

suffix[Mark m]
  : DOT memberName { finish(NodeKind::Member, m); }
  | { continuation(); } LBRACK expr RBRACK { finish(NodeKind::Index, m); }
  | { continuation(); } arguments { finish(NodeKind::Call, m); } ;

memberName : (IDENT | FROM | PORT | EXCEPT | AS | STRING) { leaf(NodeKind::Name); } ;

primary @init { const Mark m = mark(); }
  : LITERAL { literal(); }
  | string
  | name
  | LPAREN expr RPAREN { finish(NodeKind::Paren, m); }
  | list
  | map ;

string @init { const Mark m = mark(); }
  : STRING { plainString(m); }
  | HEAD { stringPart(); } expr (MID { stringPart(); } expr)* TAIL { stringPart(); finishString(m); } ;

arguments @init { const Mark m = mark(); }
  : LPAREN argumentList RPAREN { finish(NodeKind::Arguments, m); } ;

argumentList : (argument (COMMA { comma(); } (argument)?)*)? ;

argument @init { const Mark m = mark(); }
  : ELLIPSIS expr { finish(NodeKind::Spread, m); }
  | ATTR { leaf(NodeKind::Name); } EQ expr { finish(NodeKind::NamedArgument, m); }
  | expr ;

list @init { const Mark m = mark(); std::uint16_t flags = 0; }
  : LBRACK ( FOR name (COMMA name { flags |= syntax::kHasSecond; })? IN expr COLON expr
             (IF expr { flags |= syntax::kHasCondition; })? RBRACK { finish(NodeKind::ListFor, m, flags); }
           | argumentList RBRACK { finish(NodeKind::List, m); } ) ;

map @init { const Mark m = mark(); std::uint16_t flags = 0; }
  : LBRACE ( FOR name (COMMA name { flags |= syntax::kHasSecond; })? IN expr COLON expr ARROW expr
             (IF expr { flags |= syntax::kHasCondition; })? RBRACE { finish(NodeKind::MapFor, m, flags); }
           | (entry (COMMA { comma(); } (entry)?)*)? RBRACE { finish(NodeKind::Map, m); } ) ;

entry @init { const Mark m = mark(); std::uint16_t flags = 0; }
  : ELLIPSIS expr { finish(NodeKind::Spread, m); }
  | ATTR { leaf(NodeKind::Name); } EQ expr { finish(NodeKind::MapEntry, m); }
  | string EQ expr { finish(NodeKind::MapEntry, m); }
  | name (QUEST { flags = syntax::kOptional; })? COLON expr { finish(NodeKind::FieldType, m, flags); } ;
