
// Generated from GpuspecParser.g4 by ANTLR 4.7.2

#pragma once


#include "antlr4-runtime.h"


#include "lang/parse/tree_builder.h"


namespace gpuspec::parse {


class  GpuspecParser : public TreeBuilder {
public:
  enum {
    ATTR = 1, IDENT = 2, STRING = 3, HEAD = 4, MID = 5, TAIL = 6, LITERAL = 7, 
    PROJECT = 8, IMPORT = 9, PARAM = 10, SECRET = 11, LET = 12, OUTPUT = 13, 
    MODULE = 14, ASSERT = 15, FOR = 16, IF = 17, ELSE = 18, IN = 19, ALLOW = 20, 
    SCALE_ON = 21, EXPECT = 22, PORT = 23, EXCEPT = 24, AS = 25, FROM = 26, 
    ANNOTATION = 27, EQ = 28, LBRACE = 29, RBRACE = 30, LPAREN = 31, RPAREN = 32, 
    LBRACK = 33, RBRACK = 34, COMMA = 35, COLON = 36, QUEST = 37, DOT = 38, 
    ELLIPSIS = 39, DOTDOT = 40, ARROW = 41, LT = 42, GT = 43, LE = 44, GE = 45, 
    EQEQ = 46, NE = 47, PLUS = 48, MINUS = 49, STAR = 50, SLASH = 51, PERCENT = 52, 
    BANG = 53, AND = 54, OR = 55
  };

  enum {
    RuleUnit = 0, RuleProject = 1, RuleImportFile = 2, RuleParam = 3, RuleType = 4, 
    RuleItem = 5, RuleAnnotation = 6, RuleLet = 7, RuleOutput = 8, RuleModule = 9, 
    RuleAssertion = 10, RuleForItem = 11, RuleIfItem = 12, RuleAllow = 13, 
    RuleTarget = 14, RuleMemberPath = 15, RuleScaleOn = 16, RuleExpect = 17, 
    RuleAttribute = 18, RuleNamed = 19, RuleLabel = 20, RuleName = 21, RuleBody = 22, 
    RuleExpr = 23, RuleBinary = 24, RuleBinaryOperator = 25, RuleOperand = 26, 
    RuleSuffix = 27, RuleMemberName = 28, RulePrimary = 29, RuleString = 30, 
    RuleArguments = 31, RuleArgumentList = 32, RuleArgument = 33, RuleList = 34, 
    RuleMap = 35, RuleEntry = 36
  };

  GpuspecParser(antlr4::TokenStream *input);
  ~GpuspecParser();

  virtual std::string getGrammarFileName() const override;
  virtual const antlr4::atn::ATN& getATN() const override { return _atn; };
  virtual const std::vector<std::string>& getTokenNames() const override { return _tokenNames; }; // deprecated: use vocabulary instead.
  virtual const std::vector<std::string>& getRuleNames() const override;
  virtual antlr4::dfa::Vocabulary& getVocabulary() const override;


  class UnitContext;
  class ProjectContext;
  class ImportFileContext;
  class ParamContext;
  class TypeContext;
  class ItemContext;
  class AnnotationContext;
  class LetContext;
  class OutputContext;
  class ModuleContext;
  class AssertionContext;
  class ForItemContext;
  class IfItemContext;
  class AllowContext;
  class TargetContext;
  class MemberPathContext;
  class ScaleOnContext;
  class ExpectContext;
  class AttributeContext;
  class NamedContext;
  class LabelContext;
  class NameContext;
  class BodyContext;
  class ExprContext;
  class BinaryContext;
  class BinaryOperatorContext;
  class OperandContext;
  class SuffixContext;
  class MemberNameContext;
  class PrimaryContext;
  class StringContext;
  class ArgumentsContext;
  class ArgumentListContext;
  class ArgumentContext;
  class ListContext;
  class MapContext;
  class EntryContext; 

  class  UnitContext : public antlr4::ParserRuleContext {
  public:
    UnitContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    ProjectContext *project();
    ImportFileContext *importFile();
    ParamContext *param();
    ItemContext *item();

   
  };

  UnitContext* unit();

  class  ProjectContext : public antlr4::ParserRuleContext {
  public:
    ProjectContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *PROJECT();
    StringContext *string();

   
  };

  ProjectContext* project();

  class  ImportFileContext : public antlr4::ParserRuleContext {
  public:
    ImportFileContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *IMPORT();
    StringContext *string();
    antlr4::tree::TerminalNode *AS();
    NameContext *name();

   
  };

  ImportFileContext* importFile();

  class  ParamContext : public antlr4::ParserRuleContext {
  public:
    ParamContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *PARAM();
    NameContext *name();
    antlr4::tree::TerminalNode *COLON();
    TypeContext *type();
    antlr4::tree::TerminalNode *SECRET();
    antlr4::tree::TerminalNode *EQ();
    ExprContext *expr();
    StringContext *string();

   
  };

  ParamContext* param();

  class  TypeContext : public antlr4::ParserRuleContext {
  public:
    TypeContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *IDENT();
    antlr4::tree::TerminalNode *ATTR();
    ArgumentsContext *arguments();

   
  };

  TypeContext* type();

  class  ItemContext : public antlr4::ParserRuleContext {
  public:
    ItemContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    AnnotationContext *annotation();
    LetContext *let();
    OutputContext *output();
    ModuleContext *module();
    AssertionContext *assertion();
    ForItemContext *forItem();
    IfItemContext *ifItem();
    AllowContext *allow();
    ScaleOnContext *scaleOn();
    ExpectContext *expect();
    AttributeContext *attribute();
    NamedContext *named();

   
  };

  ItemContext* item();

  class  AnnotationContext : public antlr4::ParserRuleContext {
  public:
    AnnotationContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *ANNOTATION();
    ArgumentsContext *arguments();

   
  };

  AnnotationContext* annotation();

  class  LetContext : public antlr4::ParserRuleContext {
  public:
    LetContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *LET();
    antlr4::tree::TerminalNode *ATTR();
    antlr4::tree::TerminalNode *EQ();
    ExprContext *expr();

   
  };

  LetContext* let();

  class  OutputContext : public antlr4::ParserRuleContext {
  public:
    OutputContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *OUTPUT();
    antlr4::tree::TerminalNode *ATTR();
    antlr4::tree::TerminalNode *EQ();
    ExprContext *expr();

   
  };

  OutputContext* output();

  class  ModuleContext : public antlr4::ParserRuleContext {
  public:
    ModuleContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *MODULE();
    LabelContext *label();
    antlr4::tree::TerminalNode *FROM();
    StringContext *string();
    BodyContext *body();

   
  };

  ModuleContext* module();

  class  AssertionContext : public antlr4::ParserRuleContext {
  public:
    AssertionContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *ASSERT();
    std::vector<ExprContext *> expr();
    ExprContext* expr(size_t i);
    antlr4::tree::TerminalNode *COMMA();

   
  };

  AssertionContext* assertion();

  class  ForItemContext : public antlr4::ParserRuleContext {
  public:
    ForItemContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *FOR();
    std::vector<NameContext *> name();
    NameContext* name(size_t i);
    antlr4::tree::TerminalNode *IN();
    ExprContext *expr();
    BodyContext *body();
    antlr4::tree::TerminalNode *COMMA();

   
  };

  ForItemContext* forItem();

  class  IfItemContext : public antlr4::ParserRuleContext {
  public:
    IfItemContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *IF();
    ExprContext *expr();
    std::vector<BodyContext *> body();
    BodyContext* body(size_t i);
    antlr4::tree::TerminalNode *ELSE();
    IfItemContext *ifItem();

   
  };

  IfItemContext* ifItem();

  class  AllowContext : public antlr4::ParserRuleContext {
  public:
    AllowContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *ALLOW();
    NameContext *name();
    TargetContext *target();
    antlr4::tree::TerminalNode *IDENT();
    antlr4::tree::TerminalNode *FROM();
    antlr4::tree::TerminalNode *EXCEPT();
    std::vector<ExprContext *> expr();
    ExprContext* expr(size_t i);
    antlr4::tree::TerminalNode *PORT();

   
  };

  AllowContext* allow();

  class  TargetContext : public antlr4::ParserRuleContext {
  public:
    TargetContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    NameContext *name();
    StringContext *string();
    MapContext *map();
    MemberPathContext *memberPath();

   
  };

  TargetContext* target();

  class  MemberPathContext : public antlr4::ParserRuleContext {
  public:
    MemberPathContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    std::vector<antlr4::tree::TerminalNode *> DOT();
    antlr4::tree::TerminalNode* DOT(size_t i);
    std::vector<NameContext *> name();
    NameContext* name(size_t i);
    std::vector<antlr4::tree::TerminalNode *> LBRACK();
    antlr4::tree::TerminalNode* LBRACK(size_t i);
    std::vector<ExprContext *> expr();
    ExprContext* expr(size_t i);
    std::vector<antlr4::tree::TerminalNode *> RBRACK();
    antlr4::tree::TerminalNode* RBRACK(size_t i);

   
  };

  MemberPathContext* memberPath();

  class  ScaleOnContext : public antlr4::ParserRuleContext {
  public:
    ScaleOnContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *SCALE_ON();
    ExprContext *expr();

   
  };

  ScaleOnContext* scaleOn();

  class  ExpectContext : public antlr4::ParserRuleContext {
  public:
    ExpectContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *EXPECT();
    ExprContext *expr();

   
  };

  ExpectContext* expect();

  class  AttributeContext : public antlr4::ParserRuleContext {
  public:
    AttributeContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *ATTR();
    antlr4::tree::TerminalNode *EQ();
    ExprContext *expr();

   
  };

  AttributeContext* attribute();

  class  NamedContext : public antlr4::ParserRuleContext {
  public:
    NamedContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *IDENT();
    ArgumentsContext *arguments();
    antlr4::tree::TerminalNode *EQ();
    ExprContext *expr();
    LabelContext *label();
    antlr4::tree::TerminalNode *ATTR();
    BodyContext *body();

   
  };

  NamedContext* named();

  class  LabelContext : public antlr4::ParserRuleContext {
  public:
    LabelContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    NameContext *name();
    StringContext *string();

   
  };

  LabelContext* label();

  class  NameContext : public antlr4::ParserRuleContext {
  public:
    NameContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *IDENT();
    antlr4::tree::TerminalNode *FROM();
    antlr4::tree::TerminalNode *PORT();
    antlr4::tree::TerminalNode *EXCEPT();
    antlr4::tree::TerminalNode *AS();

   
  };

  NameContext* name();

  class  BodyContext : public antlr4::ParserRuleContext {
  public:
    BodyContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *LBRACE();
    antlr4::tree::TerminalNode *RBRACE();
    std::vector<ItemContext *> item();
    ItemContext* item(size_t i);

   
  };

  BodyContext* body();

  class  ExprContext : public antlr4::ParserRuleContext {
  public:
    ExprContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    BinaryContext *binary();
    antlr4::tree::TerminalNode *QUEST();
    std::vector<ExprContext *> expr();
    ExprContext* expr(size_t i);
    antlr4::tree::TerminalNode *COLON();

   
  };

  ExprContext* expr();

  class  BinaryContext : public antlr4::ParserRuleContext {
  public:
    BinaryContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    std::vector<OperandContext *> operand();
    OperandContext* operand(size_t i);
    std::vector<BinaryOperatorContext *> binaryOperator();
    BinaryOperatorContext* binaryOperator(size_t i);

   
  };

  BinaryContext* binary();

  class  BinaryOperatorContext : public antlr4::ParserRuleContext {
  public:
    BinaryOperatorContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *OR();
    antlr4::tree::TerminalNode *AND();
    antlr4::tree::TerminalNode *EQEQ();
    antlr4::tree::TerminalNode *NE();
    antlr4::tree::TerminalNode *LT();
    antlr4::tree::TerminalNode *GT();
    antlr4::tree::TerminalNode *LE();
    antlr4::tree::TerminalNode *GE();
    antlr4::tree::TerminalNode *DOTDOT();
    antlr4::tree::TerminalNode *PLUS();
    antlr4::tree::TerminalNode *MINUS();
    antlr4::tree::TerminalNode *STAR();
    antlr4::tree::TerminalNode *SLASH();
    antlr4::tree::TerminalNode *PERCENT();

   
  };

  BinaryOperatorContext* binaryOperator();

  class  OperandContext : public antlr4::ParserRuleContext {
  public:
    OperandContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    PrimaryContext *primary();
    std::vector<SuffixContext *> suffix();
    SuffixContext* suffix(size_t i);
    std::vector<antlr4::tree::TerminalNode *> MINUS();
    antlr4::tree::TerminalNode* MINUS(size_t i);
    std::vector<antlr4::tree::TerminalNode *> BANG();
    antlr4::tree::TerminalNode* BANG(size_t i);

   
  };

  OperandContext* operand();

  class  SuffixContext : public antlr4::ParserRuleContext {
  public:
    Mark m;
    SuffixContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    SuffixContext(antlr4::ParserRuleContext *parent, size_t invokingState, Mark m);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *DOT();
    MemberNameContext *memberName();
    antlr4::tree::TerminalNode *LBRACK();
    ExprContext *expr();
    antlr4::tree::TerminalNode *RBRACK();
    ArgumentsContext *arguments();

   
  };

  SuffixContext* suffix(Mark m);

  class  MemberNameContext : public antlr4::ParserRuleContext {
  public:
    MemberNameContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *IDENT();
    antlr4::tree::TerminalNode *FROM();
    antlr4::tree::TerminalNode *PORT();
    antlr4::tree::TerminalNode *EXCEPT();
    antlr4::tree::TerminalNode *AS();
    antlr4::tree::TerminalNode *STRING();

   
  };

  MemberNameContext* memberName();

  class  PrimaryContext : public antlr4::ParserRuleContext {
  public:
    PrimaryContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *LITERAL();
    StringContext *string();
    NameContext *name();
    antlr4::tree::TerminalNode *LPAREN();
    ExprContext *expr();
    antlr4::tree::TerminalNode *RPAREN();
    ListContext *list();
    MapContext *map();

   
  };

  PrimaryContext* primary();

  class  StringContext : public antlr4::ParserRuleContext {
  public:
    StringContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *STRING();
    antlr4::tree::TerminalNode *HEAD();
    std::vector<ExprContext *> expr();
    ExprContext* expr(size_t i);
    antlr4::tree::TerminalNode *TAIL();
    std::vector<antlr4::tree::TerminalNode *> MID();
    antlr4::tree::TerminalNode* MID(size_t i);

   
  };

  StringContext* string();

  class  ArgumentsContext : public antlr4::ParserRuleContext {
  public:
    ArgumentsContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *LPAREN();
    ArgumentListContext *argumentList();
    antlr4::tree::TerminalNode *RPAREN();

   
  };

  ArgumentsContext* arguments();

  class  ArgumentListContext : public antlr4::ParserRuleContext {
  public:
    ArgumentListContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    std::vector<ArgumentContext *> argument();
    ArgumentContext* argument(size_t i);
    std::vector<antlr4::tree::TerminalNode *> COMMA();
    antlr4::tree::TerminalNode* COMMA(size_t i);

   
  };

  ArgumentListContext* argumentList();

  class  ArgumentContext : public antlr4::ParserRuleContext {
  public:
    ArgumentContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *ELLIPSIS();
    ExprContext *expr();
    antlr4::tree::TerminalNode *ATTR();
    antlr4::tree::TerminalNode *EQ();

   
  };

  ArgumentContext* argument();

  class  ListContext : public antlr4::ParserRuleContext {
  public:
    ListContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *LBRACK();
    antlr4::tree::TerminalNode *FOR();
    std::vector<NameContext *> name();
    NameContext* name(size_t i);
    antlr4::tree::TerminalNode *IN();
    std::vector<ExprContext *> expr();
    ExprContext* expr(size_t i);
    antlr4::tree::TerminalNode *COLON();
    antlr4::tree::TerminalNode *RBRACK();
    ArgumentListContext *argumentList();
    antlr4::tree::TerminalNode *COMMA();
    antlr4::tree::TerminalNode *IF();

   
  };

  ListContext* list();

  class  MapContext : public antlr4::ParserRuleContext {
  public:
    MapContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *LBRACE();
    antlr4::tree::TerminalNode *FOR();
    std::vector<NameContext *> name();
    NameContext* name(size_t i);
    antlr4::tree::TerminalNode *IN();
    std::vector<ExprContext *> expr();
    ExprContext* expr(size_t i);
    antlr4::tree::TerminalNode *COLON();
    antlr4::tree::TerminalNode *ARROW();
    antlr4::tree::TerminalNode *RBRACE();
    std::vector<antlr4::tree::TerminalNode *> COMMA();
    antlr4::tree::TerminalNode* COMMA(size_t i);
    antlr4::tree::TerminalNode *IF();
    std::vector<EntryContext *> entry();
    EntryContext* entry(size_t i);

   
  };

  MapContext* map();

  class  EntryContext : public antlr4::ParserRuleContext {
  public:
    EntryContext(antlr4::ParserRuleContext *parent, size_t invokingState);
    virtual size_t getRuleIndex() const override;
    antlr4::tree::TerminalNode *ELLIPSIS();
    ExprContext *expr();
    antlr4::tree::TerminalNode *ATTR();
    antlr4::tree::TerminalNode *EQ();
    StringContext *string();
    NameContext *name();
    antlr4::tree::TerminalNode *COLON();
    antlr4::tree::TerminalNode *QUEST();

   
  };

  EntryContext* entry();


private:
  static std::vector<antlr4::dfa::DFA> _decisionToDFA;
  static antlr4::atn::PredictionContextCache _sharedContextCache;
  static std::vector<std::string> _ruleNames;
  static std::vector<std::string> _tokenNames;

  static std::vector<std::string> _literalNames;
  static std::vector<std::string> _symbolicNames;
  static antlr4::dfa::Vocabulary _vocabulary;
  static antlr4::atn::ATN _atn;
  static std::vector<uint16_t> _serializedATN;


  struct Initializer {
    Initializer();
  };
  static Initializer _init;
};

}  // namespace gpuspec::parse
