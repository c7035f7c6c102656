
// Generated from GpuspecParser.g4 by ANTLR 4.7.2



#include "GpuspecParser.h"


#include "lang/parse/tree_builder.h"


using namespace antlrcpp;
using namespace gpuspec::parse;
using namespace antlr4;

GpuspecParser::GpuspecParser(TokenStream *input) : TreeBuilder(input) {
  _interpreter = new atn::ParserATNSimulator(this, _atn, _decisionToDFA, _sharedContextCache);
}

GpuspecParser::~GpuspecParser() {
  delete _interpreter;
}

std::string GpuspecParser::getGrammarFileName() const {
  return "GpuspecParser.g4";
}

const std::vector<std::string>& GpuspecParser::getRuleNames() const {
  return _ruleNames;
}

dfa::Vocabulary& GpuspecParser::getVocabulary() const {
  return _vocabulary;
}


//----------------- UnitContext ------------------------------------------------------------------

GpuspecParser::UnitContext::UnitContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

GpuspecParser::ProjectContext* GpuspecParser::UnitContext::project() {
  return getRuleContext<GpuspecParser::ProjectContext>(0);
}

GpuspecParser::ImportFileContext* GpuspecParser::UnitContext::importFile() {
  return getRuleContext<GpuspecParser::ImportFileContext>(0);
}

GpuspecParser::ParamContext* GpuspecParser::UnitContext::param() {
  return getRuleContext<GpuspecParser::ParamContext>(0);
}

GpuspecParser::ItemContext* GpuspecParser::UnitContext::item() {
  return getRuleContext<GpuspecParser::ItemContext>(0);
}


size_t GpuspecParser::UnitContext::getRuleIndex() const {
  return GpuspecParser::RuleUnit;
}


GpuspecParser::UnitContext* GpuspecParser::unit() {
  UnitContext *_localctx = _tracker.createInstance<UnitContext>(_ctx, getState());
  enterRule(_localctx, 0, GpuspecParser::RuleUnit);

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    setState(78);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::PROJECT: {
        enterOuterAlt(_localctx, 1);
        setState(74);
        project();
        break;
      }

      case GpuspecParser::IMPORT: {
        enterOuterAlt(_localctx, 2);
        setState(75);
        importFile();
        break;
      }

      case GpuspecParser::PARAM: {
        enterOuterAlt(_localctx, 3);
        setState(76);
        param();
        break;
      }

      case GpuspecParser::ATTR:
      case GpuspecParser::IDENT:
      case GpuspecParser::LET:
      case GpuspecParser::OUTPUT:
      case GpuspecParser::MODULE:
      case GpuspecParser::ASSERT:
      case GpuspecParser::FOR:
      case GpuspecParser::IF:
      case GpuspecParser::ALLOW:
      case GpuspecParser::SCALE_ON:
      case GpuspecParser::EXPECT:
      case GpuspecParser::ANNOTATION: {
        enterOuterAlt(_localctx, 4);
        setState(77);
        item();
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ProjectContext ------------------------------------------------------------------

GpuspecParser::ProjectContext::ProjectContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ProjectContext::PROJECT() {
  return getToken(GpuspecParser::PROJECT, 0);
}

GpuspecParser::StringContext* GpuspecParser::ProjectContext::string() {
  return getRuleContext<GpuspecParser::StringContext>(0);
}


size_t GpuspecParser::ProjectContext::getRuleIndex() const {
  return GpuspecParser::RuleProject;
}


GpuspecParser::ProjectContext* GpuspecParser::project() {
  ProjectContext *_localctx = _tracker.createInstance<ProjectContext>(_ctx, getState());
  enterRule(_localctx, 2, GpuspecParser::RuleProject);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(80);
    match(GpuspecParser::PROJECT);
    setState(81);
    string();
     finish(NodeKind::Project, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ImportFileContext ------------------------------------------------------------------

GpuspecParser::ImportFileContext::ImportFileContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ImportFileContext::IMPORT() {
  return getToken(GpuspecParser::IMPORT, 0);
}

GpuspecParser::StringContext* GpuspecParser::ImportFileContext::string() {
  return getRuleContext<GpuspecParser::StringContext>(0);
}

tree::TerminalNode* GpuspecParser::ImportFileContext::AS() {
  return getToken(GpuspecParser::AS, 0);
}

GpuspecParser::NameContext* GpuspecParser::ImportFileContext::name() {
  return getRuleContext<GpuspecParser::NameContext>(0);
}


size_t GpuspecParser::ImportFileContext::getRuleIndex() const {
  return GpuspecParser::RuleImportFile;
}


GpuspecParser::ImportFileContext* GpuspecParser::importFile() {
  ImportFileContext *_localctx = _tracker.createInstance<ImportFileContext>(_ctx, getState());
  enterRule(_localctx, 4, GpuspecParser::RuleImportFile);
   const Mark m = mark(); 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(84);
    match(GpuspecParser::IMPORT);
    setState(85);
    string();
    setState(88);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::AS) {
      setState(86);
      match(GpuspecParser::AS);
      setState(87);
      name();
    }
     finish(NodeKind::Import, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ParamContext ------------------------------------------------------------------

GpuspecParser::ParamContext::ParamContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ParamContext::PARAM() {
  return getToken(GpuspecParser::PARAM, 0);
}

GpuspecParser::NameContext* GpuspecParser::ParamContext::name() {
  return getRuleContext<GpuspecParser::NameContext>(0);
}

tree::TerminalNode* GpuspecParser::ParamContext::COLON() {
  return getToken(GpuspecParser::COLON, 0);
}

GpuspecParser::TypeContext* GpuspecParser::ParamContext::type() {
  return getRuleContext<GpuspecParser::TypeContext>(0);
}

tree::TerminalNode* GpuspecParser::ParamContext::SECRET() {
  return getToken(GpuspecParser::SECRET, 0);
}

tree::TerminalNode* GpuspecParser::ParamContext::EQ() {
  return getToken(GpuspecParser::EQ, 0);
}

GpuspecParser::ExprContext* GpuspecParser::ParamContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}

GpuspecParser::StringContext* GpuspecParser::ParamContext::string() {
  return getRuleContext<GpuspecParser::StringContext>(0);
}


size_t GpuspecParser::ParamContext::getRuleIndex() const {
  return GpuspecParser::RuleParam;
}


GpuspecParser::ParamContext* GpuspecParser::param() {
  ParamContext *_localctx = _tracker.createInstance<ParamContext>(_ctx, getState());
  enterRule(_localctx, 6, GpuspecParser::RuleParam);
   const Mark m = mark(); std::uint16_t flags = 0; 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(92);
    match(GpuspecParser::PARAM);
    setState(93);
    name();
    setState(94);
    match(GpuspecParser::COLON);
    setState(95);
    type();
    setState(98);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::SECRET) {
      setState(96);
      match(GpuspecParser::SECRET);
       flags |= syntax::kSecret; 
    }
    setState(104);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::EQ) {
      setState(100);
      match(GpuspecParser::EQ);
      setState(101);
      expr();
       flags |= syntax::kHasDefault; 
    }
    setState(109);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::STRING

    || _la == GpuspecParser::HEAD) {
      setState(106);
      string();
       flags |= syntax::kHasDoc; 
    }
     finish(NodeKind::Param, m, flags); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- TypeContext ------------------------------------------------------------------

GpuspecParser::TypeContext::TypeContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::TypeContext::IDENT() {
  return getToken(GpuspecParser::IDENT, 0);
}

tree::TerminalNode* GpuspecParser::TypeContext::ATTR() {
  return getToken(GpuspecParser::ATTR, 0);
}

GpuspecParser::ArgumentsContext* GpuspecParser::TypeContext::arguments() {
  return getRuleContext<GpuspecParser::ArgumentsContext>(0);
}


size_t GpuspecParser::TypeContext::getRuleIndex() const {
  return GpuspecParser::RuleType;
}


GpuspecParser::TypeContext* GpuspecParser::type() {
  TypeContext *_localctx = _tracker.createInstance<TypeContext>(_ctx, getState());
  enterRule(_localctx, 8, GpuspecParser::RuleType);
   const Mark m = mark(); 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(113);
    _la = _input->LA(1);
    if (!(_la == GpuspecParser::ATTR

    || _la == GpuspecParser::IDENT)) {
    _errHandler->recoverInline(this);
    }
    else {
      _errHandler->reportMatch(this);
      consume();
    }
     leaf(NodeKind::Name); 
    setState(118);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::LPAREN) {
      setState(115);
      arguments();
       finish(NodeKind::Call, m); 
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ItemContext ------------------------------------------------------------------

GpuspecParser::ItemContext::ItemContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

GpuspecParser::AnnotationContext* GpuspecParser::ItemContext::annotation() {
  return getRuleContext<GpuspecParser::AnnotationContext>(0);
}

GpuspecParser::LetContext* GpuspecParser::ItemContext::let() {
  return getRuleContext<GpuspecParser::LetContext>(0);
}

GpuspecParser::OutputContext* GpuspecParser::ItemContext::output() {
  return getRuleContext<GpuspecParser::OutputContext>(0);
}

GpuspecParser::ModuleContext* GpuspecParser::ItemContext::module() {
  return getRuleContext<GpuspecParser::ModuleContext>(0);
}

GpuspecParser::AssertionContext* GpuspecParser::ItemContext::assertion() {
  return getRuleContext<GpuspecParser::AssertionContext>(0);
}

GpuspecParser::ForItemContext* GpuspecParser::ItemContext::forItem() {
  return getRuleContext<GpuspecParser::ForItemContext>(0);
}

GpuspecParser::IfItemContext* GpuspecParser::ItemContext::ifItem() {
  return getRuleContext<GpuspecParser::IfItemContext>(0);
}

GpuspecParser::AllowContext* GpuspecParser::ItemContext::allow() {
  return getRuleContext<GpuspecParser::AllowContext>(0);
}

GpuspecParser::ScaleOnContext* GpuspecParser::ItemContext::scaleOn() {
  return getRuleContext<GpuspecParser::ScaleOnContext>(0);
}

GpuspecParser::ExpectContext* GpuspecParser::ItemContext::expect() {
  return getRuleContext<GpuspecParser::ExpectContext>(0);
}

GpuspecParser::AttributeContext* GpuspecParser::ItemContext::attribute() {
  return getRuleContext<GpuspecParser::AttributeContext>(0);
}

GpuspecParser::NamedContext* GpuspecParser::ItemContext::named() {
  return getRuleContext<GpuspecParser::NamedContext>(0);
}


size_t GpuspecParser::ItemContext::getRuleIndex() const {
  return GpuspecParser::RuleItem;
}


GpuspecParser::ItemContext* GpuspecParser::item() {
  ItemContext *_localctx = _tracker.createInstance<ItemContext>(_ctx, getState());
  enterRule(_localctx, 10, GpuspecParser::RuleItem);

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    setState(132);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::ANNOTATION: {
        enterOuterAlt(_localctx, 1);
        setState(120);
        annotation();
        break;
      }

      case GpuspecParser::LET: {
        enterOuterAlt(_localctx, 2);
        setState(121);
        let();
        break;
      }

      case GpuspecParser::OUTPUT: {
        enterOuterAlt(_localctx, 3);
        setState(122);
        output();
        break;
      }

      case GpuspecParser::MODULE: {
        enterOuterAlt(_localctx, 4);
        setState(123);
        module();
        break;
      }

      case GpuspecParser::ASSERT: {
        enterOuterAlt(_localctx, 5);
        setState(124);
        assertion();
        break;
      }

      case GpuspecParser::FOR: {
        enterOuterAlt(_localctx, 6);
        setState(125);
        forItem();
        break;
      }

      case GpuspecParser::IF: {
        enterOuterAlt(_localctx, 7);
        setState(126);
        ifItem();
        break;
      }

      case GpuspecParser::ALLOW: {
        enterOuterAlt(_localctx, 8);
        setState(127);
        allow();
        break;
      }

      case GpuspecParser::SCALE_ON: {
        enterOuterAlt(_localctx, 9);
        setState(128);
        scaleOn();
        break;
      }

      case GpuspecParser::EXPECT: {
        enterOuterAlt(_localctx, 10);
        setState(129);
        expect();
        break;
      }

      case GpuspecParser::ATTR: {
        enterOuterAlt(_localctx, 11);
        setState(130);
        attribute();
        break;
      }

      case GpuspecParser::IDENT: {
        enterOuterAlt(_localctx, 12);
        setState(131);
        named();
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- AnnotationContext ------------------------------------------------------------------

GpuspecParser::AnnotationContext::AnnotationContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::AnnotationContext::ANNOTATION() {
  return getToken(GpuspecParser::ANNOTATION, 0);
}

GpuspecParser::ArgumentsContext* GpuspecParser::AnnotationContext::arguments() {
  return getRuleContext<GpuspecParser::ArgumentsContext>(0);
}


size_t GpuspecParser::AnnotationContext::getRuleIndex() const {
  return GpuspecParser::RuleAnnotation;
}


GpuspecParser::AnnotationContext* GpuspecParser::annotation() {
  AnnotationContext *_localctx = _tracker.createInstance<AnnotationContext>(_ctx, getState());
  enterRule(_localctx, 12, GpuspecParser::RuleAnnotation);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(134);
    match(GpuspecParser::ANNOTATION);
     leaf(NodeKind::Name, 1); 
    setState(136);
    arguments();
     finish(NodeKind::Annotation, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- LetContext ------------------------------------------------------------------

GpuspecParser::LetContext::LetContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::LetContext::LET() {
  return getToken(GpuspecParser::LET, 0);
}

tree::TerminalNode* GpuspecParser::LetContext::ATTR() {
  return getToken(GpuspecParser::ATTR, 0);
}

tree::TerminalNode* GpuspecParser::LetContext::EQ() {
  return getToken(GpuspecParser::EQ, 0);
}

GpuspecParser::ExprContext* GpuspecParser::LetContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}


size_t GpuspecParser::LetContext::getRuleIndex() const {
  return GpuspecParser::RuleLet;
}


GpuspecParser::LetContext* GpuspecParser::let() {
  LetContext *_localctx = _tracker.createInstance<LetContext>(_ctx, getState());
  enterRule(_localctx, 14, GpuspecParser::RuleLet);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(139);
    match(GpuspecParser::LET);
    setState(140);
    match(GpuspecParser::ATTR);
     leaf(NodeKind::Name); 
    setState(142);
    match(GpuspecParser::EQ);
    setState(143);
    expr();
     finish(NodeKind::Let, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- OutputContext ------------------------------------------------------------------

GpuspecParser::OutputContext::OutputContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::OutputContext::OUTPUT() {
  return getToken(GpuspecParser::OUTPUT, 0);
}

tree::TerminalNode* GpuspecParser::OutputContext::ATTR() {
  return getToken(GpuspecParser::ATTR, 0);
}

tree::TerminalNode* GpuspecParser::OutputContext::EQ() {
  return getToken(GpuspecParser::EQ, 0);
}

GpuspecParser::ExprContext* GpuspecParser::OutputContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}


size_t GpuspecParser::OutputContext::getRuleIndex() const {
  return GpuspecParser::RuleOutput;
}


GpuspecParser::OutputContext* GpuspecParser::output() {
  OutputContext *_localctx = _tracker.createInstance<OutputContext>(_ctx, getState());
  enterRule(_localctx, 16, GpuspecParser::RuleOutput);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(146);
    match(GpuspecParser::OUTPUT);
    setState(147);
    match(GpuspecParser::ATTR);
     leaf(NodeKind::Name); 
    setState(149);
    match(GpuspecParser::EQ);
    setState(150);
    expr();
     finish(NodeKind::Output, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ModuleContext ------------------------------------------------------------------

GpuspecParser::ModuleContext::ModuleContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ModuleContext::MODULE() {
  return getToken(GpuspecParser::MODULE, 0);
}

GpuspecParser::LabelContext* GpuspecParser::ModuleContext::label() {
  return getRuleContext<GpuspecParser::LabelContext>(0);
}

tree::TerminalNode* GpuspecParser::ModuleContext::FROM() {
  return getToken(GpuspecParser::FROM, 0);
}

GpuspecParser::StringContext* GpuspecParser::ModuleContext::string() {
  return getRuleContext<GpuspecParser::StringContext>(0);
}

GpuspecParser::BodyContext* GpuspecParser::ModuleContext::body() {
  return getRuleContext<GpuspecParser::BodyContext>(0);
}


size_t GpuspecParser::ModuleContext::getRuleIndex() const {
  return GpuspecParser::RuleModule;
}


GpuspecParser::ModuleContext* GpuspecParser::module() {
  ModuleContext *_localctx = _tracker.createInstance<ModuleContext>(_ctx, getState());
  enterRule(_localctx, 18, GpuspecParser::RuleModule);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(153);
    match(GpuspecParser::MODULE);
    setState(154);
    label();
    setState(155);
    match(GpuspecParser::FROM);
    setState(156);
    string();
    setState(157);
    body();
     finish(NodeKind::Module, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- AssertionContext ------------------------------------------------------------------

GpuspecParser::AssertionContext::AssertionContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::AssertionContext::ASSERT() {
  return getToken(GpuspecParser::ASSERT, 0);
}

std::vector<GpuspecParser::ExprContext *> GpuspecParser::AssertionContext::expr() {
  return getRuleContexts<GpuspecParser::ExprContext>();
}

GpuspecParser::ExprContext* GpuspecParser::AssertionContext::expr(size_t i) {
  return getRuleContext<GpuspecParser::ExprContext>(i);
}

tree::TerminalNode* GpuspecParser::AssertionContext::COMMA() {
  return getToken(GpuspecParser::COMMA, 0);
}


size_t GpuspecParser::AssertionContext::getRuleIndex() const {
  return GpuspecParser::RuleAssertion;
}


GpuspecParser::AssertionContext* GpuspecParser::assertion() {
  AssertionContext *_localctx = _tracker.createInstance<AssertionContext>(_ctx, getState());
  enterRule(_localctx, 20, GpuspecParser::RuleAssertion);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(160);
    match(GpuspecParser::ASSERT);
    setState(161);
    expr();
    setState(162);
    match(GpuspecParser::COMMA);
    setState(163);
    expr();
     finish(NodeKind::Assert, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ForItemContext ------------------------------------------------------------------

GpuspecParser::ForItemContext::ForItemContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ForItemContext::FOR() {
  return getToken(GpuspecParser::FOR, 0);
}

std::vector<GpuspecParser::NameContext *> GpuspecParser::ForItemContext::name() {
  return getRuleContexts<GpuspecParser::NameContext>();
}

GpuspecParser::NameContext* GpuspecParser::ForItemContext::name(size_t i) {
  return getRuleContext<GpuspecParser::NameContext>(i);
}

tree::TerminalNode* GpuspecParser::ForItemContext::IN() {
  return getToken(GpuspecParser::IN, 0);
}

GpuspecParser::ExprContext* GpuspecParser::ForItemContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}

GpuspecParser::BodyContext* GpuspecParser::ForItemContext::body() {
  return getRuleContext<GpuspecParser::BodyContext>(0);
}

tree::TerminalNode* GpuspecParser::ForItemContext::COMMA() {
  return getToken(GpuspecParser::COMMA, 0);
}


size_t GpuspecParser::ForItemContext::getRuleIndex() const {
  return GpuspecParser::RuleForItem;
}


GpuspecParser::ForItemContext* GpuspecParser::forItem() {
  ForItemContext *_localctx = _tracker.createInstance<ForItemContext>(_ctx, getState());
  enterRule(_localctx, 22, GpuspecParser::RuleForItem);
   const Mark m = mark(); std::uint16_t flags = 0; 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(166);
    match(GpuspecParser::FOR);
    setState(167);
    name();
    setState(172);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::COMMA) {
      setState(168);
      match(GpuspecParser::COMMA);
      setState(169);
      name();
       flags = syntax::kHasSecond; 
    }
    setState(174);
    match(GpuspecParser::IN);
    setState(175);
    expr();
    setState(176);
    body();
     finish(NodeKind::For, m, flags); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- IfItemContext ------------------------------------------------------------------

GpuspecParser::IfItemContext::IfItemContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::IfItemContext::IF() {
  return getToken(GpuspecParser::IF, 0);
}

GpuspecParser::ExprContext* GpuspecParser::IfItemContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}

std::vector<GpuspecParser::BodyContext *> GpuspecParser::IfItemContext::body() {
  return getRuleContexts<GpuspecParser::BodyContext>();
}

GpuspecParser::BodyContext* GpuspecParser::IfItemContext::body(size_t i) {
  return getRuleContext<GpuspecParser::BodyContext>(i);
}

tree::TerminalNode* GpuspecParser::IfItemContext::ELSE() {
  return getToken(GpuspecParser::ELSE, 0);
}

GpuspecParser::IfItemContext* GpuspecParser::IfItemContext::ifItem() {
  return getRuleContext<GpuspecParser::IfItemContext>(0);
}


size_t GpuspecParser::IfItemContext::getRuleIndex() const {
  return GpuspecParser::RuleIfItem;
}


GpuspecParser::IfItemContext* GpuspecParser::ifItem() {
  IfItemContext *_localctx = _tracker.createInstance<IfItemContext>(_ctx, getState());
  enterRule(_localctx, 24, GpuspecParser::RuleIfItem);
   const Mark m = mark(); 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(179);
    match(GpuspecParser::IF);
    setState(180);
    expr();
    setState(181);
    body();
    setState(187);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::ELSE) {
      setState(182);
      match(GpuspecParser::ELSE);
      setState(185);
      _errHandler->sync(this);
      switch (_input->LA(1)) {
        case GpuspecParser::IF: {
          setState(183);
          ifItem();
          break;
        }

        case GpuspecParser::LBRACE: {
          setState(184);
          body();
          break;
        }

      default:
        throw NoViableAltException(this);
      }
    }
     finish(NodeKind::If, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- AllowContext ------------------------------------------------------------------

GpuspecParser::AllowContext::AllowContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::AllowContext::ALLOW() {
  return getToken(GpuspecParser::ALLOW, 0);
}

GpuspecParser::NameContext* GpuspecParser::AllowContext::name() {
  return getRuleContext<GpuspecParser::NameContext>(0);
}

GpuspecParser::TargetContext* GpuspecParser::AllowContext::target() {
  return getRuleContext<GpuspecParser::TargetContext>(0);
}

tree::TerminalNode* GpuspecParser::AllowContext::IDENT() {
  return getToken(GpuspecParser::IDENT, 0);
}

tree::TerminalNode* GpuspecParser::AllowContext::FROM() {
  return getToken(GpuspecParser::FROM, 0);
}

tree::TerminalNode* GpuspecParser::AllowContext::EXCEPT() {
  return getToken(GpuspecParser::EXCEPT, 0);
}

std::vector<GpuspecParser::ExprContext *> GpuspecParser::AllowContext::expr() {
  return getRuleContexts<GpuspecParser::ExprContext>();
}

GpuspecParser::ExprContext* GpuspecParser::AllowContext::expr(size_t i) {
  return getRuleContext<GpuspecParser::ExprContext>(i);
}

tree::TerminalNode* GpuspecParser::AllowContext::PORT() {
  return getToken(GpuspecParser::PORT, 0);
}


size_t GpuspecParser::AllowContext::getRuleIndex() const {
  return GpuspecParser::RuleAllow;
}


GpuspecParser::AllowContext* GpuspecParser::allow() {
  AllowContext *_localctx = _tracker.createInstance<AllowContext>(_ctx, getState());
  enterRule(_localctx, 26, GpuspecParser::RuleAllow);
   const Mark m = mark(); std::uint16_t flags = 0; 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(191);
    match(GpuspecParser::ALLOW);
    setState(192);
    name();
    setState(193);
    _la = _input->LA(1);
    if (!(_la == GpuspecParser::IDENT

    || _la == GpuspecParser::FROM)) {
    _errHandler->recoverInline(this);
    }
    else {
      _errHandler->reportMatch(this);
      consume();
    }
    setState(194);
    target();
    setState(199);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::EXCEPT) {
      setState(195);
      match(GpuspecParser::EXCEPT);
      setState(196);
      expr();
       flags |= syntax::kHasExcept; 
    }
    setState(205);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::PORT) {
      setState(201);
      match(GpuspecParser::PORT);
      setState(202);
      expr();
       flags |= syntax::kHasPort; 
    }
     finish(NodeKind::Allow, m, flags); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- TargetContext ------------------------------------------------------------------

GpuspecParser::TargetContext::TargetContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

GpuspecParser::NameContext* GpuspecParser::TargetContext::name() {
  return getRuleContext<GpuspecParser::NameContext>(0);
}

GpuspecParser::StringContext* GpuspecParser::TargetContext::string() {
  return getRuleContext<GpuspecParser::StringContext>(0);
}

GpuspecParser::MapContext* GpuspecParser::TargetContext::map() {
  return getRuleContext<GpuspecParser::MapContext>(0);
}

GpuspecParser::MemberPathContext* GpuspecParser::TargetContext::memberPath() {
  return getRuleContext<GpuspecParser::MemberPathContext>(0);
}


size_t GpuspecParser::TargetContext::getRuleIndex() const {
  return GpuspecParser::RuleTarget;
}


GpuspecParser::TargetContext* GpuspecParser::target() {
  TargetContext *_localctx = _tracker.createInstance<TargetContext>(_ctx, getState());
  enterRule(_localctx, 28, GpuspecParser::RuleTarget);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(209);
    name();
    setState(213);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::STRING:
      case GpuspecParser::HEAD: {
        setState(210);
        string();
        break;
      }

      case GpuspecParser::LBRACE: {
        setState(211);
        map();
        break;
      }

      case GpuspecParser::LBRACK:
      case GpuspecParser::DOT: {
        setState(212);
        memberPath();
        break;
      }

      case GpuspecParser::EOF:
      case GpuspecParser::ATTR:
      case GpuspecParser::IDENT:
      case GpuspecParser::LET:
      case GpuspecParser::OUTPUT:
      case GpuspecParser::MODULE:
      case GpuspecParser::ASSERT:
      case GpuspecParser::FOR:
      case GpuspecParser::IF:
      case GpuspecParser::ALLOW:
      case GpuspecParser::SCALE_ON:
      case GpuspecParser::EXPECT:
      case GpuspecParser::PORT:
      case GpuspecParser::EXCEPT:
      case GpuspecParser::ANNOTATION:
      case GpuspecParser::RBRACE: {
        break;
      }

    default:
      break;
    }
     finish(NodeKind::Target, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- MemberPathContext ------------------------------------------------------------------

GpuspecParser::MemberPathContext::MemberPathContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

std::vector<tree::TerminalNode *> GpuspecParser::MemberPathContext::DOT() {
  return getTokens(GpuspecParser::DOT);
}

tree::TerminalNode* GpuspecParser::MemberPathContext::DOT(size_t i) {
  return getToken(GpuspecParser::DOT, i);
}

std::vector<GpuspecParser::NameContext *> GpuspecParser::MemberPathContext::name() {
  return getRuleContexts<GpuspecParser::NameContext>();
}

GpuspecParser::NameContext* GpuspecParser::MemberPathContext::name(size_t i) {
  return getRuleContext<GpuspecParser::NameContext>(i);
}

std::vector<tree::TerminalNode *> GpuspecParser::MemberPathContext::LBRACK() {
  return getTokens(GpuspecParser::LBRACK);
}

tree::TerminalNode* GpuspecParser::MemberPathContext::LBRACK(size_t i) {
  return getToken(GpuspecParser::LBRACK, i);
}

std::vector<GpuspecParser::ExprContext *> GpuspecParser::MemberPathContext::expr() {
  return getRuleContexts<GpuspecParser::ExprContext>();
}

GpuspecParser::ExprContext* GpuspecParser::MemberPathContext::expr(size_t i) {
  return getRuleContext<GpuspecParser::ExprContext>(i);
}

std::vector<tree::TerminalNode *> GpuspecParser::MemberPathContext::RBRACK() {
  return getTokens(GpuspecParser::RBRACK);
}

tree::TerminalNode* GpuspecParser::MemberPathContext::RBRACK(size_t i) {
  return getToken(GpuspecParser::RBRACK, i);
}


size_t GpuspecParser::MemberPathContext::getRuleIndex() const {
  return GpuspecParser::RuleMemberPath;
}


GpuspecParser::MemberPathContext* GpuspecParser::memberPath() {
  MemberPathContext *_localctx = _tracker.createInstance<MemberPathContext>(_ctx, getState());
  enterRule(_localctx, 30, GpuspecParser::RuleMemberPath);
   const Mark m = mark(); 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(223); 
    _errHandler->sync(this);
    _la = _input->LA(1);
    do {
      setState(223);
      _errHandler->sync(this);
      switch (_input->LA(1)) {
        case GpuspecParser::DOT: {
          setState(217);
          match(GpuspecParser::DOT);
          setState(218);
          name();
          break;
        }

        case GpuspecParser::LBRACK: {
          setState(219);
          match(GpuspecParser::LBRACK);
          setState(220);
          expr();
          setState(221);
          match(GpuspecParser::RBRACK);
          break;
        }

      default:
        throw NoViableAltException(this);
      }
      setState(225); 
      _errHandler->sync(this);
      _la = _input->LA(1);
    } while (_la == GpuspecParser::LBRACK

    || _la == GpuspecParser::DOT);
     finish(NodeKind::Arguments, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ScaleOnContext ------------------------------------------------------------------

GpuspecParser::ScaleOnContext::ScaleOnContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ScaleOnContext::SCALE_ON() {
  return getToken(GpuspecParser::SCALE_ON, 0);
}

GpuspecParser::ExprContext* GpuspecParser::ScaleOnContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}


size_t GpuspecParser::ScaleOnContext::getRuleIndex() const {
  return GpuspecParser::RuleScaleOn;
}


GpuspecParser::ScaleOnContext* GpuspecParser::scaleOn() {
  ScaleOnContext *_localctx = _tracker.createInstance<ScaleOnContext>(_ctx, getState());
  enterRule(_localctx, 32, GpuspecParser::RuleScaleOn);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(229);
    match(GpuspecParser::SCALE_ON);
    setState(230);
    expr();
     finish(NodeKind::ScaleOn, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ExpectContext ------------------------------------------------------------------

GpuspecParser::ExpectContext::ExpectContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ExpectContext::EXPECT() {
  return getToken(GpuspecParser::EXPECT, 0);
}

GpuspecParser::ExprContext* GpuspecParser::ExpectContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}


size_t GpuspecParser::ExpectContext::getRuleIndex() const {
  return GpuspecParser::RuleExpect;
}


GpuspecParser::ExpectContext* GpuspecParser::expect() {
  ExpectContext *_localctx = _tracker.createInstance<ExpectContext>(_ctx, getState());
  enterRule(_localctx, 34, GpuspecParser::RuleExpect);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(233);
    match(GpuspecParser::EXPECT);
    setState(234);
    expr();
     finish(NodeKind::Expect, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- AttributeContext ------------------------------------------------------------------

GpuspecParser::AttributeContext::AttributeContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::AttributeContext::ATTR() {
  return getToken(GpuspecParser::ATTR, 0);
}

tree::TerminalNode* GpuspecParser::AttributeContext::EQ() {
  return getToken(GpuspecParser::EQ, 0);
}

GpuspecParser::ExprContext* GpuspecParser::AttributeContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}


size_t GpuspecParser::AttributeContext::getRuleIndex() const {
  return GpuspecParser::RuleAttribute;
}


GpuspecParser::AttributeContext* GpuspecParser::attribute() {
  AttributeContext *_localctx = _tracker.createInstance<AttributeContext>(_ctx, getState());
  enterRule(_localctx, 36, GpuspecParser::RuleAttribute);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(237);
    match(GpuspecParser::ATTR);
     leaf(NodeKind::Name); 
    setState(239);
    match(GpuspecParser::EQ);
    setState(240);
    expr();
     finish(NodeKind::Attribute, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- NamedContext ------------------------------------------------------------------

GpuspecParser::NamedContext::NamedContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::NamedContext::IDENT() {
  return getToken(GpuspecParser::IDENT, 0);
}

GpuspecParser::ArgumentsContext* GpuspecParser::NamedContext::arguments() {
  return getRuleContext<GpuspecParser::ArgumentsContext>(0);
}

tree::TerminalNode* GpuspecParser::NamedContext::EQ() {
  return getToken(GpuspecParser::EQ, 0);
}

GpuspecParser::ExprContext* GpuspecParser::NamedContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}

GpuspecParser::LabelContext* GpuspecParser::NamedContext::label() {
  return getRuleContext<GpuspecParser::LabelContext>(0);
}

tree::TerminalNode* GpuspecParser::NamedContext::ATTR() {
  return getToken(GpuspecParser::ATTR, 0);
}

GpuspecParser::BodyContext* GpuspecParser::NamedContext::body() {
  return getRuleContext<GpuspecParser::BodyContext>(0);
}


size_t GpuspecParser::NamedContext::getRuleIndex() const {
  return GpuspecParser::RuleNamed;
}


GpuspecParser::NamedContext* GpuspecParser::named() {
  NamedContext *_localctx = _tracker.createInstance<NamedContext>(_ctx, getState());
  enterRule(_localctx, 38, GpuspecParser::RuleNamed);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(243);
    match(GpuspecParser::IDENT);
     leaf(NodeKind::Name); 
    setState(269);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::LPAREN: {
        setState(245);
        arguments();
        setState(246);
        match(GpuspecParser::EQ);
        setState(247);
        expr();
         finish(NodeKind::CallAttribute, m); 
        break;
      }

      case GpuspecParser::IDENT:
      case GpuspecParser::STRING:
      case GpuspecParser::HEAD:
      case GpuspecParser::PORT:
      case GpuspecParser::EXCEPT:
      case GpuspecParser::AS:
      case GpuspecParser::FROM: {
        setState(250);
        label();
        setState(258);
        _errHandler->sync(this);
        switch (_input->LA(1)) {
          case GpuspecParser::LBRACE: {
            setState(251);
            body();
             finish(NodeKind::Block, m, syntax::kHasLabel); 
            break;
          }

          case GpuspecParser::EQ: {
            setState(254);
            match(GpuspecParser::EQ);
            setState(255);
            expr();
             finish(NodeKind::Labelled, m); 
            break;
          }

        default:
          throw NoViableAltException(this);
        }
        break;
      }

      case GpuspecParser::ATTR: {
        setState(260);
        match(GpuspecParser::ATTR);
         leaf(NodeKind::Name); 
        setState(262);
        match(GpuspecParser::EQ);
        setState(263);
        expr();
         finish(NodeKind::Labelled, m); 
        break;
      }

      case GpuspecParser::LBRACE: {
        setState(266);
        body();
         finish(NodeKind::Block, m); 
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- LabelContext ------------------------------------------------------------------

GpuspecParser::LabelContext::LabelContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

GpuspecParser::NameContext* GpuspecParser::LabelContext::name() {
  return getRuleContext<GpuspecParser::NameContext>(0);
}

GpuspecParser::StringContext* GpuspecParser::LabelContext::string() {
  return getRuleContext<GpuspecParser::StringContext>(0);
}


size_t GpuspecParser::LabelContext::getRuleIndex() const {
  return GpuspecParser::RuleLabel;
}


GpuspecParser::LabelContext* GpuspecParser::label() {
  LabelContext *_localctx = _tracker.createInstance<LabelContext>(_ctx, getState());
  enterRule(_localctx, 40, GpuspecParser::RuleLabel);

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    setState(273);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::IDENT:
      case GpuspecParser::PORT:
      case GpuspecParser::EXCEPT:
      case GpuspecParser::AS:
      case GpuspecParser::FROM: {
        enterOuterAlt(_localctx, 1);
        setState(271);
        name();
        break;
      }

      case GpuspecParser::STRING:
      case GpuspecParser::HEAD: {
        enterOuterAlt(_localctx, 2);
        setState(272);
        string();
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- NameContext ------------------------------------------------------------------

GpuspecParser::NameContext::NameContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::NameContext::IDENT() {
  return getToken(GpuspecParser::IDENT, 0);
}

tree::TerminalNode* GpuspecParser::NameContext::FROM() {
  return getToken(GpuspecParser::FROM, 0);
}

tree::TerminalNode* GpuspecParser::NameContext::PORT() {
  return getToken(GpuspecParser::PORT, 0);
}

tree::TerminalNode* GpuspecParser::NameContext::EXCEPT() {
  return getToken(GpuspecParser::EXCEPT, 0);
}

tree::TerminalNode* GpuspecParser::NameContext::AS() {
  return getToken(GpuspecParser::AS, 0);
}


size_t GpuspecParser::NameContext::getRuleIndex() const {
  return GpuspecParser::RuleName;
}


GpuspecParser::NameContext* GpuspecParser::name() {
  NameContext *_localctx = _tracker.createInstance<NameContext>(_ctx, getState());
  enterRule(_localctx, 42, GpuspecParser::RuleName);
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(275);
    _la = _input->LA(1);
    if (!((((_la & ~ 0x3fULL) == 0) &&
      ((1ULL << _la) & ((1ULL << GpuspecParser::IDENT)
      | (1ULL << GpuspecParser::PORT)
      | (1ULL << GpuspecParser::EXCEPT)
      | (1ULL << GpuspecParser::AS)
      | (1ULL << GpuspecParser::FROM))) != 0))) {
    _errHandler->recoverInline(this);
    }
    else {
      _errHandler->reportMatch(this);
      consume();
    }
     leaf(NodeKind::Name); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- BodyContext ------------------------------------------------------------------

GpuspecParser::BodyContext::BodyContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::BodyContext::LBRACE() {
  return getToken(GpuspecParser::LBRACE, 0);
}

tree::TerminalNode* GpuspecParser::BodyContext::RBRACE() {
  return getToken(GpuspecParser::RBRACE, 0);
}

std::vector<GpuspecParser::ItemContext *> GpuspecParser::BodyContext::item() {
  return getRuleContexts<GpuspecParser::ItemContext>();
}

GpuspecParser::ItemContext* GpuspecParser::BodyContext::item(size_t i) {
  return getRuleContext<GpuspecParser::ItemContext>(i);
}


size_t GpuspecParser::BodyContext::getRuleIndex() const {
  return GpuspecParser::RuleBody;
}


GpuspecParser::BodyContext* GpuspecParser::body() {
  BodyContext *_localctx = _tracker.createInstance<BodyContext>(_ctx, getState());
  enterRule(_localctx, 44, GpuspecParser::RuleBody);
   const Mark m = mark(); 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(278);
    match(GpuspecParser::LBRACE);
    setState(282);
    _errHandler->sync(this);
    _la = _input->LA(1);
    while ((((_la & ~ 0x3fULL) == 0) &&
      ((1ULL << _la) & ((1ULL << GpuspecParser::ATTR)
      | (1ULL << GpuspecParser::IDENT)
      | (1ULL << GpuspecParser::LET)
      | (1ULL << GpuspecParser::OUTPUT)
      | (1ULL << GpuspecParser::MODULE)
      | (1ULL << GpuspecParser::ASSERT)
      | (1ULL << GpuspecParser::FOR)
      | (1ULL << GpuspecParser::IF)
      | (1ULL << GpuspecParser::ALLOW)
      | (1ULL << GpuspecParser::SCALE_ON)
      | (1ULL << GpuspecParser::EXPECT)
      | (1ULL << GpuspecParser::ANNOTATION))) != 0)) {
      setState(279);
      item();
      setState(284);
      _errHandler->sync(this);
      _la = _input->LA(1);
    }
    setState(285);
    match(GpuspecParser::RBRACE);
     finish(NodeKind::Body, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ExprContext ------------------------------------------------------------------

GpuspecParser::ExprContext::ExprContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

GpuspecParser::BinaryContext* GpuspecParser::ExprContext::binary() {
  return getRuleContext<GpuspecParser::BinaryContext>(0);
}

tree::TerminalNode* GpuspecParser::ExprContext::QUEST() {
  return getToken(GpuspecParser::QUEST, 0);
}

std::vector<GpuspecParser::ExprContext *> GpuspecParser::ExprContext::expr() {
  return getRuleContexts<GpuspecParser::ExprContext>();
}

GpuspecParser::ExprContext* GpuspecParser::ExprContext::expr(size_t i) {
  return getRuleContext<GpuspecParser::ExprContext>(i);
}

tree::TerminalNode* GpuspecParser::ExprContext::COLON() {
  return getToken(GpuspecParser::COLON, 0);
}


size_t GpuspecParser::ExprContext::getRuleIndex() const {
  return GpuspecParser::RuleExpr;
}


GpuspecParser::ExprContext* GpuspecParser::expr() {
  ExprContext *_localctx = _tracker.createInstance<ExprContext>(_ctx, getState());
  enterRule(_localctx, 46, GpuspecParser::RuleExpr);
   const Mark m = mark(); 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(288);
    binary();
    setState(295);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if (_la == GpuspecParser::QUEST) {
      setState(289);
      match(GpuspecParser::QUEST);
      setState(290);
      expr();
      setState(291);
      match(GpuspecParser::COLON);
      setState(292);
      expr();
       finish(NodeKind::Conditional, m); 
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- BinaryContext ------------------------------------------------------------------

GpuspecParser::BinaryContext::BinaryContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

std::vector<GpuspecParser::OperandContext *> GpuspecParser::BinaryContext::operand() {
  return getRuleContexts<GpuspecParser::OperandContext>();
}

GpuspecParser::OperandContext* GpuspecParser::BinaryContext::operand(size_t i) {
  return getRuleContext<GpuspecParser::OperandContext>(i);
}

std::vector<GpuspecParser::BinaryOperatorContext *> GpuspecParser::BinaryContext::binaryOperator() {
  return getRuleContexts<GpuspecParser::BinaryOperatorContext>();
}

GpuspecParser::BinaryOperatorContext* GpuspecParser::BinaryContext::binaryOperator(size_t i) {
  return getRuleContext<GpuspecParser::BinaryOperatorContext>(i);
}


size_t GpuspecParser::BinaryContext::getRuleIndex() const {
  return GpuspecParser::RuleBinary;
}


GpuspecParser::BinaryContext* GpuspecParser::binary() {
  BinaryContext *_localctx = _tracker.createInstance<BinaryContext>(_ctx, getState());
  enterRule(_localctx, 48, GpuspecParser::RuleBinary);
   const Mark m = mark(); const Operators ops = operators(); 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(297);
    operand();
    setState(303);
    _errHandler->sync(this);
    _la = _input->LA(1);
    while ((((_la & ~ 0x3fULL) == 0) &&
      ((1ULL << _la) & ((1ULL << GpuspecParser::DOTDOT)
      | (1ULL << GpuspecParser::LT)
      | (1ULL << GpuspecParser::GT)
      | (1ULL << GpuspecParser::LE)
      | (1ULL << GpuspecParser::GE)
      | (1ULL << GpuspecParser::EQEQ)
      | (1ULL << GpuspecParser::NE)
      | (1ULL << GpuspecParser::PLUS)
      | (1ULL << GpuspecParser::MINUS)
      | (1ULL << GpuspecParser::STAR)
      | (1ULL << GpuspecParser::SLASH)
      | (1ULL << GpuspecParser::PERCENT)
      | (1ULL << GpuspecParser::AND)
      | (1ULL << GpuspecParser::OR))) != 0)) {
      setState(298);
      binaryOperator();
      setState(299);
      operand();
      setState(305);
      _errHandler->sync(this);
      _la = _input->LA(1);
    }
     finishBinary(m, ops); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- BinaryOperatorContext ------------------------------------------------------------------

GpuspecParser::BinaryOperatorContext::BinaryOperatorContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::OR() {
  return getToken(GpuspecParser::OR, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::AND() {
  return getToken(GpuspecParser::AND, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::EQEQ() {
  return getToken(GpuspecParser::EQEQ, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::NE() {
  return getToken(GpuspecParser::NE, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::LT() {
  return getToken(GpuspecParser::LT, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::GT() {
  return getToken(GpuspecParser::GT, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::LE() {
  return getToken(GpuspecParser::LE, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::GE() {
  return getToken(GpuspecParser::GE, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::DOTDOT() {
  return getToken(GpuspecParser::DOTDOT, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::PLUS() {
  return getToken(GpuspecParser::PLUS, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::MINUS() {
  return getToken(GpuspecParser::MINUS, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::STAR() {
  return getToken(GpuspecParser::STAR, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::SLASH() {
  return getToken(GpuspecParser::SLASH, 0);
}

tree::TerminalNode* GpuspecParser::BinaryOperatorContext::PERCENT() {
  return getToken(GpuspecParser::PERCENT, 0);
}


size_t GpuspecParser::BinaryOperatorContext::getRuleIndex() const {
  return GpuspecParser::RuleBinaryOperator;
}


GpuspecParser::BinaryOperatorContext* GpuspecParser::binaryOperator() {
  BinaryOperatorContext *_localctx = _tracker.createInstance<BinaryOperatorContext>(_ctx, getState());
  enterRule(_localctx, 50, GpuspecParser::RuleBinaryOperator);
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(308);
    _la = _input->LA(1);
    if (!((((_la & ~ 0x3fULL) == 0) &&
      ((1ULL << _la) & ((1ULL << GpuspecParser::DOTDOT)
      | (1ULL << GpuspecParser::LT)
      | (1ULL << GpuspecParser::GT)
      | (1ULL << GpuspecParser::LE)
      | (1ULL << GpuspecParser::GE)
      | (1ULL << GpuspecParser::EQEQ)
      | (1ULL << GpuspecParser::NE)
      | (1ULL << GpuspecParser::PLUS)
      | (1ULL << GpuspecParser::MINUS)
      | (1ULL << GpuspecParser::STAR)
      | (1ULL << GpuspecParser::SLASH)
      | (1ULL << GpuspecParser::PERCENT)
      | (1ULL << GpuspecParser::AND)
      | (1ULL << GpuspecParser::OR))) != 0))) {
    _errHandler->recoverInline(this);
    }
    else {
      _errHandler->reportMatch(this);
      consume();
    }
     pushOperator(); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- OperandContext ------------------------------------------------------------------

GpuspecParser::OperandContext::OperandContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

GpuspecParser::PrimaryContext* GpuspecParser::OperandContext::primary() {
  return getRuleContext<GpuspecParser::PrimaryContext>(0);
}

std::vector<GpuspecParser::SuffixContext *> GpuspecParser::OperandContext::suffix() {
  return getRuleContexts<GpuspecParser::SuffixContext>();
}

GpuspecParser::SuffixContext* GpuspecParser::OperandContext::suffix(size_t i) {
  return getRuleContext<GpuspecParser::SuffixContext>(i);
}

std::vector<tree::TerminalNode *> GpuspecParser::OperandContext::MINUS() {
  return getTokens(GpuspecParser::MINUS);
}

tree::TerminalNode* GpuspecParser::OperandContext::MINUS(size_t i) {
  return getToken(GpuspecParser::MINUS, i);
}

std::vector<tree::TerminalNode *> GpuspecParser::OperandContext::BANG() {
  return getTokens(GpuspecParser::BANG);
}

tree::TerminalNode* GpuspecParser::OperandContext::BANG(size_t i) {
  return getToken(GpuspecParser::BANG, i);
}


size_t GpuspecParser::OperandContext::getRuleIndex() const {
  return GpuspecParser::RuleOperand;
}


GpuspecParser::OperandContext* GpuspecParser::operand() {
  OperandContext *_localctx = _tracker.createInstance<OperandContext>(_ctx, getState());
  enterRule(_localctx, 52, GpuspecParser::RuleOperand);
   const Mark m = mark(); const Operators ops = operators(); 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(315);
    _errHandler->sync(this);
    _la = _input->LA(1);
    while (_la == GpuspecParser::MINUS

    || _la == GpuspecParser::BANG) {
      setState(311);
      _la = _input->LA(1);
      if (!(_la == GpuspecParser::MINUS

      || _la == GpuspecParser::BANG)) {
      _errHandler->recoverInline(this);
      }
      else {
        _errHandler->reportMatch(this);
        consume();
      }
       pushUnary(); 
      setState(317);
      _errHandler->sync(this);
      _la = _input->LA(1);
    }
    setState(318);
    primary();
    setState(322);
    _errHandler->sync(this);
    _la = _input->LA(1);
    while ((((_la & ~ 0x3fULL) == 0) &&
      ((1ULL << _la) & ((1ULL << GpuspecParser::LPAREN)
      | (1ULL << GpuspecParser::LBRACK)
      | (1ULL << GpuspecParser::DOT))) != 0)) {
      setState(319);
      suffix(m);
      setState(324);
      _errHandler->sync(this);
      _la = _input->LA(1);
    }
     finishUnary(m, ops); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- SuffixContext ------------------------------------------------------------------

GpuspecParser::SuffixContext::SuffixContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

GpuspecParser::SuffixContext::SuffixContext(ParserRuleContext *parent, size_t invokingState, Mark m)
  : ParserRuleContext(parent, invokingState) {
  this->m = m;
}

tree::TerminalNode* GpuspecParser::SuffixContext::DOT() {
  return getToken(GpuspecParser::DOT, 0);
}

GpuspecParser::MemberNameContext* GpuspecParser::SuffixContext::memberName() {
  return getRuleContext<GpuspecParser::MemberNameContext>(0);
}

tree::TerminalNode* GpuspecParser::SuffixContext::LBRACK() {
  return getToken(GpuspecParser::LBRACK, 0);
}

GpuspecParser::ExprContext* GpuspecParser::SuffixContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}

tree::TerminalNode* GpuspecParser::SuffixContext::RBRACK() {
  return getToken(GpuspecParser::RBRACK, 0);
}

GpuspecParser::ArgumentsContext* GpuspecParser::SuffixContext::arguments() {
  return getRuleContext<GpuspecParser::ArgumentsContext>(0);
}


size_t GpuspecParser::SuffixContext::getRuleIndex() const {
  return GpuspecParser::RuleSuffix;
}


GpuspecParser::SuffixContext* GpuspecParser::suffix(Mark m) {
  SuffixContext *_localctx = _tracker.createInstance<SuffixContext>(_ctx, getState(), m);
  enterRule(_localctx, 54, GpuspecParser::RuleSuffix);

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    setState(341);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::DOT: {
        enterOuterAlt(_localctx, 1);
        setState(327);
        match(GpuspecParser::DOT);
        setState(328);
        memberName();
         finish(NodeKind::Member, m); 
        break;
      }

      case GpuspecParser::LBRACK: {
        enterOuterAlt(_localctx, 2);
         continuation(); 
        setState(332);
        match(GpuspecParser::LBRACK);
        setState(333);
        expr();
        setState(334);
        match(GpuspecParser::RBRACK);
         finish(NodeKind::Index, m); 
        break;
      }

      case GpuspecParser::LPAREN: {
        enterOuterAlt(_localctx, 3);
         continuation(); 
        setState(338);
        arguments();
         finish(NodeKind::Call, m); 
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- MemberNameContext ------------------------------------------------------------------

GpuspecParser::MemberNameContext::MemberNameContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::MemberNameContext::IDENT() {
  return getToken(GpuspecParser::IDENT, 0);
}

tree::TerminalNode* GpuspecParser::MemberNameContext::FROM() {
  return getToken(GpuspecParser::FROM, 0);
}

tree::TerminalNode* GpuspecParser::MemberNameContext::PORT() {
  return getToken(GpuspecParser::PORT, 0);
}

tree::TerminalNode* GpuspecParser::MemberNameContext::EXCEPT() {
  return getToken(GpuspecParser::EXCEPT, 0);
}

tree::TerminalNode* GpuspecParser::MemberNameContext::AS() {
  return getToken(GpuspecParser::AS, 0);
}

tree::TerminalNode* GpuspecParser::MemberNameContext::STRING() {
  return getToken(GpuspecParser::STRING, 0);
}


size_t GpuspecParser::MemberNameContext::getRuleIndex() const {
  return GpuspecParser::RuleMemberName;
}


GpuspecParser::MemberNameContext* GpuspecParser::memberName() {
  MemberNameContext *_localctx = _tracker.createInstance<MemberNameContext>(_ctx, getState());
  enterRule(_localctx, 56, GpuspecParser::RuleMemberName);
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(343);
    _la = _input->LA(1);
    if (!((((_la & ~ 0x3fULL) == 0) &&
      ((1ULL << _la) & ((1ULL << GpuspecParser::IDENT)
      | (1ULL << GpuspecParser::STRING)
      | (1ULL << GpuspecParser::PORT)
      | (1ULL << GpuspecParser::EXCEPT)
      | (1ULL << GpuspecParser::AS)
      | (1ULL << GpuspecParser::FROM))) != 0))) {
    _errHandler->recoverInline(this);
    }
    else {
      _errHandler->reportMatch(this);
      consume();
    }
     leaf(NodeKind::Name); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- PrimaryContext ------------------------------------------------------------------

GpuspecParser::PrimaryContext::PrimaryContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::PrimaryContext::LITERAL() {
  return getToken(GpuspecParser::LITERAL, 0);
}

GpuspecParser::StringContext* GpuspecParser::PrimaryContext::string() {
  return getRuleContext<GpuspecParser::StringContext>(0);
}

GpuspecParser::NameContext* GpuspecParser::PrimaryContext::name() {
  return getRuleContext<GpuspecParser::NameContext>(0);
}

tree::TerminalNode* GpuspecParser::PrimaryContext::LPAREN() {
  return getToken(GpuspecParser::LPAREN, 0);
}

GpuspecParser::ExprContext* GpuspecParser::PrimaryContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}

tree::TerminalNode* GpuspecParser::PrimaryContext::RPAREN() {
  return getToken(GpuspecParser::RPAREN, 0);
}

GpuspecParser::ListContext* GpuspecParser::PrimaryContext::list() {
  return getRuleContext<GpuspecParser::ListContext>(0);
}

GpuspecParser::MapContext* GpuspecParser::PrimaryContext::map() {
  return getRuleContext<GpuspecParser::MapContext>(0);
}


size_t GpuspecParser::PrimaryContext::getRuleIndex() const {
  return GpuspecParser::RulePrimary;
}


GpuspecParser::PrimaryContext* GpuspecParser::primary() {
  PrimaryContext *_localctx = _tracker.createInstance<PrimaryContext>(_ctx, getState());
  enterRule(_localctx, 58, GpuspecParser::RulePrimary);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    setState(357);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::LITERAL: {
        enterOuterAlt(_localctx, 1);
        setState(346);
        match(GpuspecParser::LITERAL);
         literal(); 
        break;
      }

      case GpuspecParser::STRING:
      case GpuspecParser::HEAD: {
        enterOuterAlt(_localctx, 2);
        setState(348);
        string();
        break;
      }

      case GpuspecParser::IDENT:
      case GpuspecParser::PORT:
      case GpuspecParser::EXCEPT:
      case GpuspecParser::AS:
      case GpuspecParser::FROM: {
        enterOuterAlt(_localctx, 3);
        setState(349);
        name();
        break;
      }

      case GpuspecParser::LPAREN: {
        enterOuterAlt(_localctx, 4);
        setState(350);
        match(GpuspecParser::LPAREN);
        setState(351);
        expr();
        setState(352);
        match(GpuspecParser::RPAREN);
         finish(NodeKind::Paren, m); 
        break;
      }

      case GpuspecParser::LBRACK: {
        enterOuterAlt(_localctx, 5);
        setState(355);
        list();
        break;
      }

      case GpuspecParser::LBRACE: {
        enterOuterAlt(_localctx, 6);
        setState(356);
        map();
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- StringContext ------------------------------------------------------------------

GpuspecParser::StringContext::StringContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::StringContext::STRING() {
  return getToken(GpuspecParser::STRING, 0);
}

tree::TerminalNode* GpuspecParser::StringContext::HEAD() {
  return getToken(GpuspecParser::HEAD, 0);
}

std::vector<GpuspecParser::ExprContext *> GpuspecParser::StringContext::expr() {
  return getRuleContexts<GpuspecParser::ExprContext>();
}

GpuspecParser::ExprContext* GpuspecParser::StringContext::expr(size_t i) {
  return getRuleContext<GpuspecParser::ExprContext>(i);
}

tree::TerminalNode* GpuspecParser::StringContext::TAIL() {
  return getToken(GpuspecParser::TAIL, 0);
}

std::vector<tree::TerminalNode *> GpuspecParser::StringContext::MID() {
  return getTokens(GpuspecParser::MID);
}

tree::TerminalNode* GpuspecParser::StringContext::MID(size_t i) {
  return getToken(GpuspecParser::MID, i);
}


size_t GpuspecParser::StringContext::getRuleIndex() const {
  return GpuspecParser::RuleString;
}


GpuspecParser::StringContext* GpuspecParser::string() {
  StringContext *_localctx = _tracker.createInstance<StringContext>(_ctx, getState());
  enterRule(_localctx, 60, GpuspecParser::RuleString);
   const Mark m = mark(); 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    setState(375);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::STRING: {
        enterOuterAlt(_localctx, 1);
        setState(359);
        match(GpuspecParser::STRING);
         plainString(m); 
        break;
      }

      case GpuspecParser::HEAD: {
        enterOuterAlt(_localctx, 2);
        setState(361);
        match(GpuspecParser::HEAD);
         stringPart(); 
        setState(363);
        expr();
        setState(369);
        _errHandler->sync(this);
        _la = _input->LA(1);
        while (_la == GpuspecParser::MID) {
          setState(364);
          match(GpuspecParser::MID);
           stringPart(); 
          setState(366);
          expr();
          setState(371);
          _errHandler->sync(this);
          _la = _input->LA(1);
        }
        setState(372);
        match(GpuspecParser::TAIL);
         stringPart(); finishString(m); 
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ArgumentsContext ------------------------------------------------------------------

GpuspecParser::ArgumentsContext::ArgumentsContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ArgumentsContext::LPAREN() {
  return getToken(GpuspecParser::LPAREN, 0);
}

GpuspecParser::ArgumentListContext* GpuspecParser::ArgumentsContext::argumentList() {
  return getRuleContext<GpuspecParser::ArgumentListContext>(0);
}

tree::TerminalNode* GpuspecParser::ArgumentsContext::RPAREN() {
  return getToken(GpuspecParser::RPAREN, 0);
}


size_t GpuspecParser::ArgumentsContext::getRuleIndex() const {
  return GpuspecParser::RuleArguments;
}


GpuspecParser::ArgumentsContext* GpuspecParser::arguments() {
  ArgumentsContext *_localctx = _tracker.createInstance<ArgumentsContext>(_ctx, getState());
  enterRule(_localctx, 62, GpuspecParser::RuleArguments);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(377);
    match(GpuspecParser::LPAREN);
    setState(378);
    argumentList();
    setState(379);
    match(GpuspecParser::RPAREN);
     finish(NodeKind::Arguments, m); 
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ArgumentListContext ------------------------------------------------------------------

GpuspecParser::ArgumentListContext::ArgumentListContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

std::vector<GpuspecParser::ArgumentContext *> GpuspecParser::ArgumentListContext::argument() {
  return getRuleContexts<GpuspecParser::ArgumentContext>();
}

GpuspecParser::ArgumentContext* GpuspecParser::ArgumentListContext::argument(size_t i) {
  return getRuleContext<GpuspecParser::ArgumentContext>(i);
}

std::vector<tree::TerminalNode *> GpuspecParser::ArgumentListContext::COMMA() {
  return getTokens(GpuspecParser::COMMA);
}

tree::TerminalNode* GpuspecParser::ArgumentListContext::COMMA(size_t i) {
  return getToken(GpuspecParser::COMMA, i);
}


size_t GpuspecParser::ArgumentListContext::getRuleIndex() const {
  return GpuspecParser::RuleArgumentList;
}


GpuspecParser::ArgumentListContext* GpuspecParser::argumentList() {
  ArgumentListContext *_localctx = _tracker.createInstance<ArgumentListContext>(_ctx, getState());
  enterRule(_localctx, 64, GpuspecParser::RuleArgumentList);
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(393);
    _errHandler->sync(this);

    _la = _input->LA(1);
    if ((((_la & ~ 0x3fULL) == 0) &&
      ((1ULL << _la) & ((1ULL << GpuspecParser::ATTR)
      | (1ULL << GpuspecParser::IDENT)
      | (1ULL << GpuspecParser::STRING)
      | (1ULL << GpuspecParser::HEAD)
      | (1ULL << GpuspecParser::LITERAL)
      | (1ULL << GpuspecParser::PORT)
      | (1ULL << GpuspecParser::EXCEPT)
      | (1ULL << GpuspecParser::AS)
      | (1ULL << GpuspecParser::FROM)
      | (1ULL << GpuspecParser::LBRACE)
      | (1ULL << GpuspecParser::LPAREN)
      | (1ULL << GpuspecParser::LBRACK)
      | (1ULL << GpuspecParser::ELLIPSIS)
      | (1ULL << GpuspecParser::MINUS)
      | (1ULL << GpuspecParser::BANG))) != 0)) {
      setState(382);
      argument();
      setState(390);
      _errHandler->sync(this);
      _la = _input->LA(1);
      while (_la == GpuspecParser::COMMA) {
        setState(383);
        match(GpuspecParser::COMMA);
         comma(); 
        setState(386);
        _errHandler->sync(this);

        _la = _input->LA(1);
        if ((((_la & ~ 0x3fULL) == 0) &&
          ((1ULL << _la) & ((1ULL << GpuspecParser::ATTR)
          | (1ULL << GpuspecParser::IDENT)
          | (1ULL << GpuspecParser::STRING)
          | (1ULL << GpuspecParser::HEAD)
          | (1ULL << GpuspecParser::LITERAL)
          | (1ULL << GpuspecParser::PORT)
          | (1ULL << GpuspecParser::EXCEPT)
          | (1ULL << GpuspecParser::AS)
          | (1ULL << GpuspecParser::FROM)
          | (1ULL << GpuspecParser::LBRACE)
          | (1ULL << GpuspecParser::LPAREN)
          | (1ULL << GpuspecParser::LBRACK)
          | (1ULL << GpuspecParser::ELLIPSIS)
          | (1ULL << GpuspecParser::MINUS)
          | (1ULL << GpuspecParser::BANG))) != 0)) {
          setState(385);
          argument();
        }
        setState(392);
        _errHandler->sync(this);
        _la = _input->LA(1);
      }
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ArgumentContext ------------------------------------------------------------------

GpuspecParser::ArgumentContext::ArgumentContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ArgumentContext::ELLIPSIS() {
  return getToken(GpuspecParser::ELLIPSIS, 0);
}

GpuspecParser::ExprContext* GpuspecParser::ArgumentContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}

tree::TerminalNode* GpuspecParser::ArgumentContext::ATTR() {
  return getToken(GpuspecParser::ATTR, 0);
}

tree::TerminalNode* GpuspecParser::ArgumentContext::EQ() {
  return getToken(GpuspecParser::EQ, 0);
}


size_t GpuspecParser::ArgumentContext::getRuleIndex() const {
  return GpuspecParser::RuleArgument;
}


GpuspecParser::ArgumentContext* GpuspecParser::argument() {
  ArgumentContext *_localctx = _tracker.createInstance<ArgumentContext>(_ctx, getState());
  enterRule(_localctx, 66, GpuspecParser::RuleArgument);
   const Mark m = mark(); 

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    setState(406);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::ELLIPSIS: {
        enterOuterAlt(_localctx, 1);
        setState(395);
        match(GpuspecParser::ELLIPSIS);
        setState(396);
        expr();
         finish(NodeKind::Spread, m); 
        break;
      }

      case GpuspecParser::ATTR: {
        enterOuterAlt(_localctx, 2);
        setState(399);
        match(GpuspecParser::ATTR);
         leaf(NodeKind::Name); 
        setState(401);
        match(GpuspecParser::EQ);
        setState(402);
        expr();
         finish(NodeKind::NamedArgument, m); 
        break;
      }

      case GpuspecParser::IDENT:
      case GpuspecParser::STRING:
      case GpuspecParser::HEAD:
      case GpuspecParser::LITERAL:
      case GpuspecParser::PORT:
      case GpuspecParser::EXCEPT:
      case GpuspecParser::AS:
      case GpuspecParser::FROM:
      case GpuspecParser::LBRACE:
      case GpuspecParser::LPAREN:
      case GpuspecParser::LBRACK:
      case GpuspecParser::MINUS:
      case GpuspecParser::BANG: {
        enterOuterAlt(_localctx, 3);
        setState(405);
        expr();
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- ListContext ------------------------------------------------------------------

GpuspecParser::ListContext::ListContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::ListContext::LBRACK() {
  return getToken(GpuspecParser::LBRACK, 0);
}

tree::TerminalNode* GpuspecParser::ListContext::FOR() {
  return getToken(GpuspecParser::FOR, 0);
}

std::vector<GpuspecParser::NameContext *> GpuspecParser::ListContext::name() {
  return getRuleContexts<GpuspecParser::NameContext>();
}

GpuspecParser::NameContext* GpuspecParser::ListContext::name(size_t i) {
  return getRuleContext<GpuspecParser::NameContext>(i);
}

tree::TerminalNode* GpuspecParser::ListContext::IN() {
  return getToken(GpuspecParser::IN, 0);
}

std::vector<GpuspecParser::ExprContext *> GpuspecParser::ListContext::expr() {
  return getRuleContexts<GpuspecParser::ExprContext>();
}

GpuspecParser::ExprContext* GpuspecParser::ListContext::expr(size_t i) {
  return getRuleContext<GpuspecParser::ExprContext>(i);
}

tree::TerminalNode* GpuspecParser::ListContext::COLON() {
  return getToken(GpuspecParser::COLON, 0);
}

tree::TerminalNode* GpuspecParser::ListContext::RBRACK() {
  return getToken(GpuspecParser::RBRACK, 0);
}

GpuspecParser::ArgumentListContext* GpuspecParser::ListContext::argumentList() {
  return getRuleContext<GpuspecParser::ArgumentListContext>(0);
}

tree::TerminalNode* GpuspecParser::ListContext::COMMA() {
  return getToken(GpuspecParser::COMMA, 0);
}

tree::TerminalNode* GpuspecParser::ListContext::IF() {
  return getToken(GpuspecParser::IF, 0);
}


size_t GpuspecParser::ListContext::getRuleIndex() const {
  return GpuspecParser::RuleList;
}


GpuspecParser::ListContext* GpuspecParser::list() {
  ListContext *_localctx = _tracker.createInstance<ListContext>(_ctx, getState());
  enterRule(_localctx, 68, GpuspecParser::RuleList);
   const Mark m = mark(); std::uint16_t flags = 0; 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(408);
    match(GpuspecParser::LBRACK);
    setState(434);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::FOR: {
        setState(409);
        match(GpuspecParser::FOR);
        setState(410);
        name();
        setState(415);
        _errHandler->sync(this);

        _la = _input->LA(1);
        if (_la == GpuspecParser::COMMA) {
          setState(411);
          match(GpuspecParser::COMMA);
          setState(412);
          name();
           flags |= syntax::kHasSecond; 
        }
        setState(417);
        match(GpuspecParser::IN);
        setState(418);
        expr();
        setState(419);
        match(GpuspecParser::COLON);
        setState(420);
        expr();
        setState(425);
        _errHandler->sync(this);

        _la = _input->LA(1);
        if (_la == GpuspecParser::IF) {
          setState(421);
          match(GpuspecParser::IF);
          setState(422);
          expr();
           flags |= syntax::kHasCondition; 
        }
        setState(427);
        match(GpuspecParser::RBRACK);
         finish(NodeKind::ListFor, m, flags); 
        break;
      }

      case GpuspecParser::ATTR:
      case GpuspecParser::IDENT:
      case GpuspecParser::STRING:
      case GpuspecParser::HEAD:
      case GpuspecParser::LITERAL:
      case GpuspecParser::PORT:
      case GpuspecParser::EXCEPT:
      case GpuspecParser::AS:
      case GpuspecParser::FROM:
      case GpuspecParser::LBRACE:
      case GpuspecParser::LPAREN:
      case GpuspecParser::LBRACK:
      case GpuspecParser::RBRACK:
      case GpuspecParser::ELLIPSIS:
      case GpuspecParser::MINUS:
      case GpuspecParser::BANG: {
        setState(430);
        argumentList();
        setState(431);
        match(GpuspecParser::RBRACK);
         finish(NodeKind::List, m); 
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- MapContext ------------------------------------------------------------------

GpuspecParser::MapContext::MapContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::MapContext::LBRACE() {
  return getToken(GpuspecParser::LBRACE, 0);
}

tree::TerminalNode* GpuspecParser::MapContext::FOR() {
  return getToken(GpuspecParser::FOR, 0);
}

std::vector<GpuspecParser::NameContext *> GpuspecParser::MapContext::name() {
  return getRuleContexts<GpuspecParser::NameContext>();
}

GpuspecParser::NameContext* GpuspecParser::MapContext::name(size_t i) {
  return getRuleContext<GpuspecParser::NameContext>(i);
}

tree::TerminalNode* GpuspecParser::MapContext::IN() {
  return getToken(GpuspecParser::IN, 0);
}

std::vector<GpuspecParser::ExprContext *> GpuspecParser::MapContext::expr() {
  return getRuleContexts<GpuspecParser::ExprContext>();
}

GpuspecParser::ExprContext* GpuspecParser::MapContext::expr(size_t i) {
  return getRuleContext<GpuspecParser::ExprContext>(i);
}

tree::TerminalNode* GpuspecParser::MapContext::COLON() {
  return getToken(GpuspecParser::COLON, 0);
}

tree::TerminalNode* GpuspecParser::MapContext::ARROW() {
  return getToken(GpuspecParser::ARROW, 0);
}

tree::TerminalNode* GpuspecParser::MapContext::RBRACE() {
  return getToken(GpuspecParser::RBRACE, 0);
}

std::vector<tree::TerminalNode *> GpuspecParser::MapContext::COMMA() {
  return getTokens(GpuspecParser::COMMA);
}

tree::TerminalNode* GpuspecParser::MapContext::COMMA(size_t i) {
  return getToken(GpuspecParser::COMMA, i);
}

tree::TerminalNode* GpuspecParser::MapContext::IF() {
  return getToken(GpuspecParser::IF, 0);
}

std::vector<GpuspecParser::EntryContext *> GpuspecParser::MapContext::entry() {
  return getRuleContexts<GpuspecParser::EntryContext>();
}

GpuspecParser::EntryContext* GpuspecParser::MapContext::entry(size_t i) {
  return getRuleContext<GpuspecParser::EntryContext>(i);
}


size_t GpuspecParser::MapContext::getRuleIndex() const {
  return GpuspecParser::RuleMap;
}


GpuspecParser::MapContext* GpuspecParser::map() {
  MapContext *_localctx = _tracker.createInstance<MapContext>(_ctx, getState());
  enterRule(_localctx, 70, GpuspecParser::RuleMap);
   const Mark m = mark(); std::uint16_t flags = 0; 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    enterOuterAlt(_localctx, 1);
    setState(436);
    match(GpuspecParser::LBRACE);
    setState(475);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::FOR: {
        setState(437);
        match(GpuspecParser::FOR);
        setState(438);
        name();
        setState(443);
        _errHandler->sync(this);

        _la = _input->LA(1);
        if (_la == GpuspecParser::COMMA) {
          setState(439);
          match(GpuspecParser::COMMA);
          setState(440);
          name();
           flags |= syntax::kHasSecond; 
        }
        setState(445);
        match(GpuspecParser::IN);
        setState(446);
        expr();
        setState(447);
        match(GpuspecParser::COLON);
        setState(448);
        expr();
        setState(449);
        match(GpuspecParser::ARROW);
        setState(450);
        expr();
        setState(455);
        _errHandler->sync(this);

        _la = _input->LA(1);
        if (_la == GpuspecParser::IF) {
          setState(451);
          match(GpuspecParser::IF);
          setState(452);
          expr();
           flags |= syntax::kHasCondition; 
        }
        setState(457);
        match(GpuspecParser::RBRACE);
         finish(NodeKind::MapFor, m, flags); 
        break;
      }

      case GpuspecParser::ATTR:
      case GpuspecParser::IDENT:
      case GpuspecParser::STRING:
      case GpuspecParser::HEAD:
      case GpuspecParser::PORT:
      case GpuspecParser::EXCEPT:
      case GpuspecParser::AS:
      case GpuspecParser::FROM:
      case GpuspecParser::RBRACE:
      case GpuspecParser::ELLIPSIS: {
        setState(471);
        _errHandler->sync(this);

        _la = _input->LA(1);
        if ((((_la & ~ 0x3fULL) == 0) &&
          ((1ULL << _la) & ((1ULL << GpuspecParser::ATTR)
          | (1ULL << GpuspecParser::IDENT)
          | (1ULL << GpuspecParser::STRING)
          | (1ULL << GpuspecParser::HEAD)
          | (1ULL << GpuspecParser::PORT)
          | (1ULL << GpuspecParser::EXCEPT)
          | (1ULL << GpuspecParser::AS)
          | (1ULL << GpuspecParser::FROM)
          | (1ULL << GpuspecParser::ELLIPSIS))) != 0)) {
          setState(460);
          entry();
          setState(468);
          _errHandler->sync(this);
          _la = _input->LA(1);
          while (_la == GpuspecParser::COMMA) {
            setState(461);
            match(GpuspecParser::COMMA);
             comma(); 
            setState(464);
            _errHandler->sync(this);

            _la = _input->LA(1);
            if ((((_la & ~ 0x3fULL) == 0) &&
              ((1ULL << _la) & ((1ULL << GpuspecParser::ATTR)
              | (1ULL << GpuspecParser::IDENT)
              | (1ULL << GpuspecParser::STRING)
              | (1ULL << GpuspecParser::HEAD)
              | (1ULL << GpuspecParser::PORT)
              | (1ULL << GpuspecParser::EXCEPT)
              | (1ULL << GpuspecParser::AS)
              | (1ULL << GpuspecParser::FROM)
              | (1ULL << GpuspecParser::ELLIPSIS))) != 0)) {
              setState(463);
              entry();
            }
            setState(470);
            _errHandler->sync(this);
            _la = _input->LA(1);
          }
        }
        setState(473);
        match(GpuspecParser::RBRACE);
         finish(NodeKind::Map, m); 
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

//----------------- EntryContext ------------------------------------------------------------------

GpuspecParser::EntryContext::EntryContext(ParserRuleContext *parent, size_t invokingState)
  : ParserRuleContext(parent, invokingState) {
}

tree::TerminalNode* GpuspecParser::EntryContext::ELLIPSIS() {
  return getToken(GpuspecParser::ELLIPSIS, 0);
}

GpuspecParser::ExprContext* GpuspecParser::EntryContext::expr() {
  return getRuleContext<GpuspecParser::ExprContext>(0);
}

tree::TerminalNode* GpuspecParser::EntryContext::ATTR() {
  return getToken(GpuspecParser::ATTR, 0);
}

tree::TerminalNode* GpuspecParser::EntryContext::EQ() {
  return getToken(GpuspecParser::EQ, 0);
}

GpuspecParser::StringContext* GpuspecParser::EntryContext::string() {
  return getRuleContext<GpuspecParser::StringContext>(0);
}

GpuspecParser::NameContext* GpuspecParser::EntryContext::name() {
  return getRuleContext<GpuspecParser::NameContext>(0);
}

tree::TerminalNode* GpuspecParser::EntryContext::COLON() {
  return getToken(GpuspecParser::COLON, 0);
}

tree::TerminalNode* GpuspecParser::EntryContext::QUEST() {
  return getToken(GpuspecParser::QUEST, 0);
}


size_t GpuspecParser::EntryContext::getRuleIndex() const {
  return GpuspecParser::RuleEntry;
}


GpuspecParser::EntryContext* GpuspecParser::entry() {
  EntryContext *_localctx = _tracker.createInstance<EntryContext>(_ctx, getState());
  enterRule(_localctx, 72, GpuspecParser::RuleEntry);
   const Mark m = mark(); std::uint16_t flags = 0; 
  size_t _la = 0;

  auto onExit = finally([=] {
    exitRule();
  });
  try {
    setState(501);
    _errHandler->sync(this);
    switch (_input->LA(1)) {
      case GpuspecParser::ELLIPSIS: {
        enterOuterAlt(_localctx, 1);
        setState(477);
        match(GpuspecParser::ELLIPSIS);
        setState(478);
        expr();
         finish(NodeKind::Spread, m); 
        break;
      }

      case GpuspecParser::ATTR: {
        enterOuterAlt(_localctx, 2);
        setState(481);
        match(GpuspecParser::ATTR);
         leaf(NodeKind::Name); 
        setState(483);
        match(GpuspecParser::EQ);
        setState(484);
        expr();
         finish(NodeKind::MapEntry, m); 
        break;
      }

      case GpuspecParser::STRING:
      case GpuspecParser::HEAD: {
        enterOuterAlt(_localctx, 3);
        setState(487);
        string();
        setState(488);
        match(GpuspecParser::EQ);
        setState(489);
        expr();
         finish(NodeKind::MapEntry, m); 
        break;
      }

      case GpuspecParser::IDENT:
      case GpuspecParser::PORT:
      case GpuspecParser::EXCEPT:
      case GpuspecParser::AS:
      case GpuspecParser::FROM: {
        enterOuterAlt(_localctx, 4);
        setState(492);
        name();
        setState(495);
        _errHandler->sync(this);

        _la = _input->LA(1);
        if (_la == GpuspecParser::QUEST) {
          setState(493);
          match(GpuspecParser::QUEST);
           flags = syntax::kOptional; 
        }
        setState(497);
        match(GpuspecParser::COLON);
        setState(498);
        expr();
         finish(NodeKind::FieldType, m, flags); 
        break;
      }

    default:
      throw NoViableAltException(this);
    }
   
  }
  catch (RecognitionException &e) {
    _errHandler->reportError(this, e);
    _localctx->exception = std::current_exception();
    _errHandler->recover(this, _localctx->exception);
  }

  return _localctx;
}

// Static vars and initialization.
std::vector<dfa::DFA> GpuspecParser::_decisionToDFA;
atn::PredictionContextCache GpuspecParser::_sharedContextCache;

// We own the ATN which in turn owns the ATN states.
atn::ATN GpuspecParser::_atn;
std::vector<uint16_t> GpuspecParser::_serializedATN;

std::vector<std::string> GpuspecParser::_ruleNames = {
  "unit", "project", "importFile", "param", "type", "item", "annotation", 
  "let", "output", "module", "assertion", "forItem", "ifItem", "allow", 
  "target", "memberPath", "scaleOn", "expect", "attribute", "named", "label", 
  "name", "body", "expr", "binary", "binaryOperator", "operand", "suffix", 
  "memberName", "primary", "string", "arguments", "argumentList", "argument", 
  "list", "map", "entry"
};

std::vector<std::string> GpuspecParser::_literalNames = {
};

std::vector<std::string> GpuspecParser::_symbolicNames = {
  "", "ATTR", "IDENT", "STRING", "HEAD", "MID", "TAIL", "LITERAL", "PROJECT", 
  "IMPORT", "PARAM", "SECRET", "LET", "OUTPUT", "MODULE", "ASSERT", "FOR", 
  "IF", "ELSE", "IN", "ALLOW", "SCALE_ON", "EXPECT", "PORT", "EXCEPT", "AS", 
  "FROM", "ANNOTATION", "EQ", "LBRACE", "RBRACE", "LPAREN", "RPAREN", "LBRACK", 
  "RBRACK", "COMMA", "COLON", "QUEST", "DOT", "ELLIPSIS", "DOTDOT", "ARROW", 
  "LT", "GT", "LE", "GE", "EQEQ", "NE", "PLUS", "MINUS", "STAR", "SLASH", 
  "PERCENT", "BANG", "AND", "OR"
};

dfa::Vocabulary GpuspecParser::_vocabulary(_literalNames, _symbolicNames);

std::vector<std::string> GpuspecParser::_tokenNames;

GpuspecParser::Initializer::Initializer() {
	for (size_t i = 0; i < _symbolicNames.size(); ++i) {
		std::string name = _vocabulary.getLiteralName(i);
		if (name.empty()) {
			name = _vocabulary.getSymbolicName(i);
		}

		if (name.empty()) {
			_tokenNames.push_back("<INVALID>");
		} else {
      _tokenNames.push_back(name);
    }
	}

  _serializedATN = {
    0x3, 0x608b, 0xa72a, 0x8133, 0xb9ed, 0x417c, 0x3be7, 0x7786, 0x5964, 
    0x3, 0x39, 0x1fa, 0x4, 0x2, 0x9, 0x2, 0x4, 0x3, 0x9, 0x3, 0x4, 0x4, 
    0x9, 0x4, 0x4, 0x5, 0x9, 0x5, 0x4, 0x6, 0x9, 0x6, 0x4, 0x7, 0x9, 0x7, 
    0x4, 0x8, 0x9, 0x8, 0x4, 0x9, 0x9, 0x9, 0x4, 0xa, 0x9, 0xa, 0x4, 0xb, 
    0x9, 0xb, 0x4, 0xc, 0x9, 0xc, 0x4, 0xd, 0x9, 0xd, 0x4, 0xe, 0x9, 0xe, 
    0x4, 0xf, 0x9, 0xf, 0x4, 0x10, 0x9, 0x10, 0x4, 0x11, 0x9, 0x11, 0x4, 
    0x12, 0x9, 0x12, 0x4, 0x13, 0x9, 0x13, 0x4, 0x14, 0x9, 0x14, 0x4, 0x15, 
    0x9, 0x15, 0x4, 0x16, 0x9, 0x16, 0x4, 0x17, 0x9, 0x17, 0x4, 0x18, 0x9, 
    0x18, 0x4, 0x19, 0x9, 0x19, 0x4, 0x1a, 0x9, 0x1a, 0x4, 0x1b, 0x9, 0x1b, 
    0x4, 0x1c, 0x9, 0x1c, 0x4, 0x1d, 0x9, 0x1d, 0x4, 0x1e, 0x9, 0x1e, 0x4, 
    0x1f, 0x9, 0x1f, 0x4, 0x20, 0x9, 0x20, 0x4, 0x21, 0x9, 0x21, 0x4, 0x22, 
    0x9, 0x22, 0x4, 0x23, 0x9, 0x23, 0x4, 0x24, 0x9, 0x24, 0x4, 0x25, 0x9, 
    0x25, 0x4, 0x26, 0x9, 0x26, 0x3, 0x2, 0x3, 0x2, 0x3, 0x2, 0x3, 0x2, 
    0x5, 0x2, 0x51, 0xa, 0x2, 0x3, 0x3, 0x3, 0x3, 0x3, 0x3, 0x3, 0x3, 0x3, 
    0x4, 0x3, 0x4, 0x3, 0x4, 0x3, 0x4, 0x5, 0x4, 0x5b, 0xa, 0x4, 0x3, 0x4, 
    0x3, 0x4, 0x3, 0x5, 0x3, 0x5, 0x3, 0x5, 0x3, 0x5, 0x3, 0x5, 0x3, 0x5, 
    0x5, 0x5, 0x65, 0xa, 0x5, 0x3, 0x5, 0x3, 0x5, 0x3, 0x5, 0x3, 0x5, 0x5, 
    0x5, 0x6b, 0xa, 0x5, 0x3, 0x5, 0x3, 0x5, 0x3, 0x5, 0x5, 0x5, 0x70, 0xa, 
    0x5, 0x3, 0x5, 0x3, 0x5, 0x3, 0x6, 0x3, 0x6, 0x3, 0x6, 0x3, 0x6, 0x3, 
    0x6, 0x5, 0x6, 0x79, 0xa, 0x6, 0x3, 0x7, 0x3, 0x7, 0x3, 0x7, 0x3, 0x7, 
    0x3, 0x7, 0x3, 0x7, 0x3, 0x7, 0x3, 0x7, 0x3, 0x7, 0x3, 0x7, 0x3, 0x7, 
    0x3, 0x7, 0x5, 0x7, 0x87, 0xa, 0x7, 0x3, 0x8, 0x3, 0x8, 0x3, 0x8, 0x3, 
    0x8, 0x3, 0x8, 0x3, 0x9, 0x3, 0x9, 0x3, 0x9, 0x3, 0x9, 0x3, 0x9, 0x3, 
    0x9, 0x3, 0x9, 0x3, 0xa, 0x3, 0xa, 0x3, 0xa, 0x3, 0xa, 0x3, 0xa, 0x3, 
    0xa, 0x3, 0xa, 0x3, 0xb, 0x3, 0xb, 0x3, 0xb, 0x3, 0xb, 0x3, 0xb, 0x3, 
    0xb, 0x3, 0xb, 0x3, 0xc, 0x3, 0xc, 0x3, 0xc, 0x3, 0xc, 0x3, 0xc, 0x3, 
    0xc, 0x3, 0xd, 0x3, 0xd, 0x3, 0xd, 0x3, 0xd, 0x3, 0xd, 0x3, 0xd, 0x5, 
    0xd, 0xaf, 0xa, 0xd, 0x3, 0xd, 0x3, 0xd, 0x3, 0xd, 0x3, 0xd, 0x3, 0xd, 
    0x3, 0xe, 0x3, 0xe, 0x3, 0xe, 0x3, 0xe, 0x3, 0xe, 0x3, 0xe, 0x5, 0xe, 
    0xbc, 0xa, 0xe, 0x5, 0xe, 0xbe, 0xa, 0xe, 0x3, 0xe, 0x3, 0xe, 0x3, 0xf, 
    0x3, 0xf, 0x3, 0xf, 0x3, 0xf, 0x3, 0xf, 0x3, 0xf, 0x3, 0xf, 0x3, 0xf, 
    0x5, 0xf, 0xca, 0xa, 0xf, 0x3, 0xf, 0x3, 0xf, 0x3, 0xf, 0x3, 0xf, 0x5, 
    0xf, 0xd0, 0xa, 0xf, 0x3, 0xf, 0x3, 0xf, 0x3, 0x10, 0x3, 0x10, 0x3, 
    0x10, 0x3, 0x10, 0x5, 0x10, 0xd8, 0xa, 0x10, 0x3, 0x10, 0x3, 0x10, 0x3, 
    0x11, 0x3, 0x11, 0x3, 0x11, 0x3, 0x11, 0x3, 0x11, 0x3, 0x11, 0x6, 0x11, 
    0xe2, 0xa, 0x11, 0xd, 0x11, 0xe, 0x11, 0xe3, 0x3, 0x11, 0x3, 0x11, 0x3, 
    0x12, 0x3, 0x12, 0x3, 0x12, 0x3, 0x12, 0x3, 0x13, 0x3, 0x13, 0x3, 0x13, 
    0x3, 0x13, 0x3, 0x14, 0x3, 0x14, 0x3, 0x14, 0x3, 0x14, 0x3, 0x14, 0x3, 
    0x14, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 
    0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 
    0x15, 0x3, 0x15, 0x3, 0x15, 0x5, 0x15, 0x105, 0xa, 0x15, 0x3, 0x15, 
    0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 0x15, 0x3, 
    0x15, 0x3, 0x15, 0x5, 0x15, 0x110, 0xa, 0x15, 0x3, 0x16, 0x3, 0x16, 
    0x5, 0x16, 0x114, 0xa, 0x16, 0x3, 0x17, 0x3, 0x17, 0x3, 0x17, 0x3, 0x18, 
    0x3, 0x18, 0x7, 0x18, 0x11b, 0xa, 0x18, 0xc, 0x18, 0xe, 0x18, 0x11e, 
    0xb, 0x18, 0x3, 0x18, 0x3, 0x18, 0x3, 0x18, 0x3, 0x19, 0x3, 0x19, 0x3, 
    0x19, 0x3, 0x19, 0x3, 0x19, 0x3, 0x19, 0x3, 0x19, 0x5, 0x19, 0x12a, 
    0xa, 0x19, 0x3, 0x1a, 0x3, 0x1a, 0x3, 0x1a, 0x3, 0x1a, 0x7, 0x1a, 0x130, 
    0xa, 0x1a, 0xc, 0x1a, 0xe, 0x1a, 0x133, 0xb, 0x1a, 0x3, 0x1a, 0x3, 0x1a, 
    0x3, 0x1b, 0x3, 0x1b, 0x3, 0x1b, 0x3, 0x1c, 0x3, 0x1c, 0x7, 0x1c, 0x13c, 
    0xa, 0x1c, 0xc, 0x1c, 0xe, 0x1c, 0x13f, 0xb, 0x1c, 0x3, 0x1c, 0x3, 0x1c, 
    0x7, 0x1c, 0x143, 0xa, 0x1c, 0xc, 0x1c, 0xe, 0x1c, 0x146, 0xb, 0x1c, 
    0x3, 0x1c, 0x3, 0x1c, 0x3, 0x1d, 0x3, 0x1d, 0x3, 0x1d, 0x3, 0x1d, 0x3, 
    0x1d, 0x3, 0x1d, 0x3, 0x1d, 0x3, 0x1d, 0x3, 0x1d, 0x3, 0x1d, 0x3, 0x1d, 
    0x3, 0x1d, 0x3, 0x1d, 0x3, 0x1d, 0x5, 0x1d, 0x158, 0xa, 0x1d, 0x3, 0x1e, 
    0x3, 0x1e, 0x3, 0x1e, 0x3, 0x1f, 0x3, 0x1f, 0x3, 0x1f, 0x3, 0x1f, 0x3, 
    0x1f, 0x3, 0x1f, 0x3, 0x1f, 0x3, 0x1f, 0x3, 0x1f, 0x3, 0x1f, 0x3, 0x1f, 
    0x5, 0x1f, 0x168, 0xa, 0x1f, 0x3, 0x20, 0x3, 0x20, 0x3, 0x20, 0x3, 0x20, 
    0x3, 0x20, 0x3, 0x20, 0x3, 0x20, 0x3, 0x20, 0x7, 0x20, 0x172, 0xa, 0x20, 
    0xc, 0x20, 0xe, 0x20, 0x175, 0xb, 0x20, 0x3, 0x20, 0x3, 0x20, 0x3, 0x20, 
    0x5, 0x20, 0x17a, 0xa, 0x20, 0x3, 0x21, 0x3, 0x21, 0x3, 0x21, 0x3, 0x21, 
    0x3, 0x21, 0x3, 0x22, 0x3, 0x22, 0x3, 0x22, 0x3, 0x22, 0x5, 0x22, 0x185, 
    0xa, 0x22, 0x7, 0x22, 0x187, 0xa, 0x22, 0xc, 0x22, 0xe, 0x22, 0x18a, 
    0xb, 0x22, 0x5, 0x22, 0x18c, 0xa, 0x22, 0x3, 0x23, 0x3, 0x23, 0x3, 0x23, 
    0x3, 0x23, 0x3, 0x23, 0x3, 0x23, 0x3, 0x23, 0x3, 0x23, 0x3, 0x23, 0x3, 
    0x23, 0x3, 0x23, 0x5, 0x23, 0x199, 0xa, 0x23, 0x3, 0x24, 0x3, 0x24, 
    0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x5, 0x24, 0x1a2, 
    0xa, 0x24, 0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x3, 
    0x24, 0x3, 0x24, 0x3, 0x24, 0x5, 0x24, 0x1ac, 0xa, 0x24, 0x3, 0x24, 
    0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x3, 0x24, 0x5, 
    0x24, 0x1b5, 0xa, 0x24, 0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 
    0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x5, 0x25, 0x1be, 0xa, 0x25, 0x3, 0x25, 
    0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x3, 
    0x25, 0x3, 0x25, 0x3, 0x25, 0x5, 0x25, 0x1ca, 0xa, 0x25, 0x3, 0x25, 
    0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x3, 0x25, 0x5, 
    0x25, 0x1d3, 0xa, 0x25, 0x7, 0x25, 0x1d5, 0xa, 0x25, 0xc, 0x25, 0xe, 
    0x25, 0x1d8, 0xb, 0x25, 0x5, 0x25, 0x1da, 0xa, 0x25, 0x3, 0x25, 0x3, 
    0x25, 0x5, 0x25, 0x1de, 0xa, 0x25, 0x3, 0x26, 0x3, 0x26, 0x3, 0x26, 
    0x3, 0x26, 0x3, 0x26, 0x3, 0x26, 0x3, 0x26, 0x3, 0x26, 0x3, 0x26, 0x3, 
    0x26, 0x3, 0x26, 0x3, 0x26, 0x3, 0x26, 0x3, 0x26, 0x3, 0x26, 0x3, 0x26, 
    0x3, 0x26, 0x3, 0x26, 0x5, 0x26, 0x1f2, 0xa, 0x26, 0x3, 0x26, 0x3, 0x26, 
    0x3, 0x26, 0x3, 0x26, 0x5, 0x26, 0x1f8, 0xa, 0x26, 0x3, 0x26, 0x2, 0x2, 
    0x27, 0x2, 0x4, 0x6, 0x8, 0xa, 0xc, 0xe, 0x10, 0x12, 0x14, 0x16, 0x18, 
    0x1a, 0x1c, 0x1e, 0x20, 0x22, 0x24, 0x26, 0x28, 0x2a, 0x2c, 0x2e, 0x30, 
    0x32, 0x34, 0x36, 0x38, 0x3a, 0x3c, 0x3e, 0x40, 0x42, 0x44, 0x46, 0x48, 
    0x4a, 0x2, 0x8, 0x3, 0x2, 0x3, 0x4, 0x4, 0x2, 0x4, 0x4, 0x1c, 0x1c, 
    0x4, 0x2, 0x4, 0x4, 0x19, 0x1c, 0x5, 0x2, 0x2a, 0x2a, 0x2c, 0x36, 0x38, 
    0x39, 0x4, 0x2, 0x33, 0x33, 0x37, 0x37, 0x4, 0x2, 0x4, 0x5, 0x19, 0x1c, 
    0x2, 0x216, 0x2, 0x50, 0x3, 0x2, 0x2, 0x2, 0x4, 0x52, 0x3, 0x2, 0x2, 
    0x2, 0x6, 0x56, 0x3, 0x2, 0x2, 0x2, 0x8, 0x5e, 0x3, 0x2, 0x2, 0x2, 0xa, 
    0x73, 0x3, 0x2, 0x2, 0x2, 0xc, 0x86, 0x3, 0x2, 0x2, 0x2, 0xe, 0x88, 
    0x3, 0x2, 0x2, 0x2, 0x10, 0x8d, 0x3, 0x2, 0x2, 0x2, 0x12, 0x94, 0x3, 
    0x2, 0x2, 0x2, 0x14, 0x9b, 0x3, 0x2, 0x2, 0x2, 0x16, 0xa2, 0x3, 0x2, 
    0x2, 0x2, 0x18, 0xa8, 0x3, 0x2, 0x2, 0x2, 0x1a, 0xb5, 0x3, 0x2, 0x2, 
    0x2, 0x1c, 0xc1, 0x3, 0x2, 0x2, 0x2, 0x1e, 0xd3, 0x3, 0x2, 0x2, 0x2, 
    0x20, 0xe1, 0x3, 0x2, 0x2, 0x2, 0x22, 0xe7, 0x3, 0x2, 0x2, 0x2, 0x24, 
    0xeb, 0x3, 0x2, 0x2, 0x2, 0x26, 0xef, 0x3, 0x2, 0x2, 0x2, 0x28, 0xf5, 
    0x3, 0x2, 0x2, 0x2, 0x2a, 0x113, 0x3, 0x2, 0x2, 0x2, 0x2c, 0x115, 0x3, 
    0x2, 0x2, 0x2, 0x2e, 0x118, 0x3, 0x2, 0x2, 0x2, 0x30, 0x122, 0x3, 0x2, 
    0x2, 0x2, 0x32, 0x12b, 0x3, 0x2, 0x2, 0x2, 0x34, 0x136, 0x3, 0x2, 0x2, 
    0x2, 0x36, 0x13d, 0x3, 0x2, 0x2, 0x2, 0x38, 0x157, 0x3, 0x2, 0x2, 0x2, 
    0x3a, 0x159, 0x3, 0x2, 0x2, 0x2, 0x3c, 0x167, 0x3, 0x2, 0x2, 0x2, 0x3e, 
    0x179, 0x3, 0x2, 0x2, 0x2, 0x40, 0x17b, 0x3, 0x2, 0x2, 0x2, 0x42, 0x18b, 
    0x3, 0x2, 0x2, 0x2, 0x44, 0x198, 0x3, 0x2, 0x2, 0x2, 0x46, 0x19a, 0x3, 
    0x2, 0x2, 0x2, 0x48, 0x1b6, 0x3, 0x2, 0x2, 0x2, 0x4a, 0x1f7, 0x3, 0x2, 
    0x2, 0x2, 0x4c, 0x51, 0x5, 0x4, 0x3, 0x2, 0x4d, 0x51, 0x5, 0x6, 0x4, 
    0x2, 0x4e, 0x51, 0x5, 0x8, 0x5, 0x2, 0x4f, 0x51, 0x5, 0xc, 0x7, 0x2, 
    0x50, 0x4c, 0x3, 0x2, 0x2, 0x2, 0x50, 0x4d, 0x3, 0x2, 0x2, 0x2, 0x50, 
    0x4e, 0x3, 0x2, 0x2, 0x2, 0x50, 0x4f, 0x3, 0x2, 0x2, 0x2, 0x51, 0x3, 
    0x3, 0x2, 0x2, 0x2, 0x52, 0x53, 0x7, 0xa, 0x2, 0x2, 0x53, 0x54, 0x5, 
    0x3e, 0x20, 0x2, 0x54, 0x55, 0x8, 0x3, 0x1, 0x2, 0x55, 0x5, 0x3, 0x2, 
    0x2, 0x2, 0x56, 0x57, 0x7, 0xb, 0x2, 0x2, 0x57, 0x5a, 0x5, 0x3e, 0x20, 
    0x2, 0x58, 0x59, 0x7, 0x1b, 0x2, 0x2, 0x59, 0x5b, 0x5, 0x2c, 0x17, 0x2, 
    0x5a, 0x58, 0x3, 0x2, 0x2, 0x2, 0x5a, 0x5b, 0x3, 0x2, 0x2, 0x2, 0x5b, 
    0x5c, 0x3, 0x2, 0x2, 0x2, 0x5c, 0x5d, 0x8, 0x4, 0x1, 0x2, 0x5d, 0x7, 
    0x3, 0x2, 0x2, 0x2, 0x5e, 0x5f, 0x7, 0xc, 0x2, 0x2, 0x5f, 0x60, 0x5, 
    0x2c, 0x17, 0x2, 0x60, 0x61, 0x7, 0x26, 0x2, 0x2, 0x61, 0x64, 0x5, 0xa, 
    0x6, 0x2, 0x62, 0x63, 0x7, 0xd, 0x2, 0x2, 0x63, 0x65, 0x8, 0x5, 0x1, 
    0x2, 0x64, 0x62, 0x3, 0x2, 0x2, 0x2, 0x64, 0x65, 0x3, 0x2, 0x2, 0x2, 
    0x65, 0x6a, 0x3, 0x2, 0x2, 0x2, 0x66, 0x67, 0x7, 0x1e, 0x2, 0x2, 0x67, 
    0x68, 0x5, 0x30, 0x19, 0x2, 0x68, 0x69, 0x8, 0x5, 0x1, 0x2, 0x69, 0x6b, 
    0x3, 0x2, 0x2, 0x2, 0x6a, 0x66, 0x3, 0x2, 0x2, 0x2, 0x6a, 0x6b, 0x3, 
    0x2, 0x2, 0x2, 0x6b, 0x6f, 0x3, 0x2, 0x2, 0x2, 0x6c, 0x6d, 0x5, 0x3e, 
    0x20, 0x2, 0x6d, 0x6e, 0x8, 0x5, 0x1, 0x2, 0x6e, 0x70, 0x3, 0x2, 0x2, 
    0x2, 0x6f, 0x6c, 0x3, 0x2, 0x2, 0x2, 0x6f, 0x70, 0x3, 0x2, 0x2, 0x2, 
    0x70, 0x71, 0x3, 0x2, 0x2, 0x2, 0x71, 0x72, 0x8, 0x5, 0x1, 0x2, 0x72, 
    0x9, 0x3, 0x2, 0x2, 0x2, 0x73, 0x74, 0x9, 0x2, 0x2, 0x2, 0x74, 0x78, 
    0x8, 0x6, 0x1, 0x2, 0x75, 0x76, 0x5, 0x40, 0x21, 0x2, 0x76, 0x77, 0x8, 
    0x6, 0x1, 0x2, 0x77, 0x79, 0x3, 0x2, 0x2, 0x2, 0x78, 0x75, 0x3, 0x2, 
    0x2, 0x2, 0x78, 0x79, 0x3, 0x2, 0x2, 0x2, 0x79, 0xb, 0x3, 0x2, 0x2, 
    0x2, 0x7a, 0x87, 0x5, 0xe, 0x8, 0x2, 0x7b, 0x87, 0x5, 0x10, 0x9, 0x2, 
    0x7c, 0x87, 0x5, 0x12, 0xa, 0x2, 0x7d, 0x87, 0x5, 0x14, 0xb, 0x2, 0x7e, 
    0x87, 0x5, 0x16, 0xc, 0x2, 0x7f, 0x87, 0x5, 0x18, 0xd, 0x2, 0x80, 0x87, 
    0x5, 0x1a, 0xe, 0x2, 0x81, 0x87, 0x5, 0x1c, 0xf, 0x2, 0x82, 0x87, 0x5, 
    0x22, 0x12, 0x2, 0x83, 0x87, 0x5, 0x24, 0x13, 0x2, 0x84, 0x87, 0x5, 
    0x26, 0x14, 0x2, 0x85, 0x87, 0x5, 0x28, 0x15, 0x2, 0x86, 0x7a, 0x3, 
    0x2, 0x2, 0x2, 0x86, 0x7b, 0x3, 0x2, 0x2, 0x2, 0x86, 0x7c, 0x3, 0x2, 
    0x2, 0x2, 0x86, 0x7d, 0x3, 0x2, 0x2, 0x2, 0x86, 0x7e, 0x3, 0x2, 0x2, 
    0x2, 0x86, 0x7f, 0x3, 0x2, 0x2, 0x2, 0x86, 0x80, 0x3, 0x2, 0x2, 0x2, 
    0x86, 0x81, 0x3, 0x2, 0x2, 0x2, 0x86, 0x82, 0x3, 0x2, 0x2, 0x2, 0x86, 
    0x83, 0x3, 0x2, 0x2, 0x2, 0x86, 0x84, 0x3, 0x2, 0x2, 0x2, 0x86, 0x85, 
    0x3, 0x2, 0x2, 0x2, 0x87, 0xd, 0x3, 0x2, 0x2, 0x2, 0x88, 0x89, 0x7, 
    0x1d, 0x2, 0x2, 0x89, 0x8a, 0x8, 0x8, 0x1, 0x2, 0x8a, 0x8b, 0x5, 0x40, 
    0x21, 0x2, 0x8b, 0x8c, 0x8, 0x8, 0x1, 0x2, 0x8c, 0xf, 0x3, 0x2, 0x2, 
    0x2, 0x8d, 0x8e, 0x7, 0xe, 0x2, 0x2, 0x8e, 0x8f, 0x7, 0x3, 0x2, 0x2, 
    0x8f, 0x90, 0x8, 0x9, 0x1, 0x2, 0x90, 0x91, 0x7, 0x1e, 0x2, 0x2, 0x91, 
    0x92, 0x5, 0x30, 0x19, 0x2, 0x92, 0x93, 0x8, 0x9, 0x1, 0x2, 0x93, 0x11, 
    0x3, 0x2, 0x2, 0x2, 0x94, 0x95, 0x7, 0xf, 0x2, 0x2, 0x95, 0x96, 0x7, 
    0x3, 0x2, 0x2, 0x96, 0x97, 0x8, 0xa, 0x1, 0x2, 0x97, 0x98, 0x7, 0x1e, 
    0x2, 0x2, 0x98, 0x99, 0x5, 0x30, 0x19, 0x2, 0x99, 0x9a, 0x8, 0xa, 0x1, 
    0x2, 0x9a, 0x13, 0x3, 0x2, 0x2, 0x2, 0x9b, 0x9c, 0x7, 0x10, 0x2, 0x2, 
    0x9c, 0x9d, 0x5, 0x2a, 0x16, 0x2, 0x9d, 0x9e, 0x7, 0x1c, 0x2, 0x2, 0x9e, 
    0x9f, 0x5, 0x3e, 0x20, 0x2, 0x9f, 0xa0, 0x5, 0x2e, 0x18, 0x2, 0xa0, 
    0xa1, 0x8, 0xb, 0x1, 0x2, 0xa1, 0x15, 0x3, 0x2, 0x2, 0x2, 0xa2, 0xa3, 
    0x7, 0x11, 0x2, 0x2, 0xa3, 0xa4, 0x5, 0x30, 0x19, 0x2, 0xa4, 0xa5, 0x7, 
    0x25, 0x2, 0x2, 0xa5, 0xa6, 0x5, 0x30, 0x19, 0x2, 0xa6, 0xa7, 0x8, 0xc, 
    0x1, 0x2, 0xa7, 0x17, 0x3, 0x2, 0x2, 0x2, 0xa8, 0xa9, 0x7, 0x12, 0x2, 
    0x2, 0xa9, 0xae, 0x5, 0x2c, 0x17, 0x2, 0xaa, 0xab, 0x7, 0x25, 0x2, 0x2, 
    0xab, 0xac, 0x5, 0x2c, 0x17, 0x2, 0xac, 0xad, 0x8, 0xd, 0x1, 0x2, 0xad, 
    0xaf, 0x3, 0x2, 0x2, 0x2, 0xae, 0xaa, 0x3, 0x2, 0x2, 0x2, 0xae, 0xaf, 
    0x3, 0x2, 0x2, 0x2, 0xaf, 0xb0, 0x3, 0x2, 0x2, 0x2, 0xb0, 0xb1, 0x7, 
    0x15, 0x2, 0x2, 0xb1, 0xb2, 0x5, 0x30, 0x19, 0x2, 0xb2, 0xb3, 0x5, 0x2e, 
    0x18, 0x2, 0xb3, 0xb4, 0x8, 0xd, 0x1, 0x2, 0xb4, 0x19, 0x3, 0x2, 0x2, 
    0x2, 0xb5, 0xb6, 0x7, 0x13, 0x2, 0x2, 0xb6, 0xb7, 0x5, 0x30, 0x19, 0x2, 
    0xb7, 0xbd, 0x5, 0x2e, 0x18, 0x2, 0xb8, 0xbb, 0x7, 0x14, 0x2, 0x2, 0xb9, 
    0xbc, 0x5, 0x1a, 0xe, 0x2, 0xba, 0xbc, 0x5, 0x2e, 0x18, 0x2, 0xbb, 0xb9, 
    0x3, 0x2, 0x2, 0x2, 0xbb, 0xba, 0x3, 0x2, 0x2, 0x2, 0xbc, 0xbe, 0x3, 
    0x2, 0x2, 0x2, 0xbd, 0xb8, 0x3, 0x2, 0x2, 0x2, 0xbd, 0xbe, 0x3, 0x2, 
    0x2, 0x2, 0xbe, 0xbf, 0x3, 0x2, 0x2, 0x2, 0xbf, 0xc0, 0x8, 0xe, 0x1, 
    0x2, 0xc0, 0x1b, 0x3, 0x2, 0x2, 0x2, 0xc1, 0xc2, 0x7, 0x16, 0x2, 0x2, 
    0xc2, 0xc3, 0x5, 0x2c, 0x17, 0x2, 0xc3, 0xc4, 0x9, 0x3, 0x2, 0x2, 0xc4, 
    0xc9, 0x5, 0x1e, 0x10, 0x2, 0xc5, 0xc6, 0x7, 0x1a, 0x2, 0x2, 0xc6, 0xc7, 
    0x5, 0x30, 0x19, 0x2, 0xc7, 0xc8, 0x8, 0xf, 0x1, 0x2, 0xc8, 0xca, 0x3, 
    0x2, 0x2, 0x2, 0xc9, 0xc5, 0x3, 0x2, 0x2, 0x2, 0xc9, 0xca, 0x3, 0x2, 
    0x2, 0x2, 0xca, 0xcf, 0x3, 0x2, 0x2, 0x2, 0xcb, 0xcc, 0x7, 0x19, 0x2, 
    0x2, 0xcc, 0xcd, 0x5, 0x30, 0x19, 0x2, 0xcd, 0xce, 0x8, 0xf, 0x1, 0x2, 
    0xce, 0xd0, 0x3, 0x2, 0x2, 0x2, 0xcf, 0xcb, 0x3, 0x2, 0x2, 0x2, 0xcf, 
    0xd0, 0x3, 0x2, 0x2, 0x2, 0xd0, 0xd1, 0x3, 0x2, 0x2, 0x2, 0xd1, 0xd2, 
    0x8, 0xf, 0x1, 0x2, 0xd2, 0x1d, 0x3, 0x2, 0x2, 0x2, 0xd3, 0xd7, 0x5, 
    0x2c, 0x17, 0x2, 0xd4, 0xd8, 0x5, 0x3e, 0x20, 0x2, 0xd5, 0xd8, 0x5, 
    0x48, 0x25, 0x2, 0xd6, 0xd8, 0x5, 0x20, 0x11, 0x2, 0xd7, 0xd4, 0x3, 
    0x2, 0x2, 0x2, 0xd7, 0xd5, 0x3, 0x2, 0x2, 0x2, 0xd7, 0xd6, 0x3, 0x2, 
    0x2, 0x2, 0xd7, 0xd8, 0x3, 0x2, 0x2, 0x2, 0xd8, 0xd9, 0x3, 0x2, 0x2, 
    0x2, 0xd9, 0xda, 0x8, 0x10, 0x1, 0x2, 0xda, 0x1f, 0x3, 0x2, 0x2, 0x2, 
    0xdb, 0xdc, 0x7, 0x28, 0x2, 0x2, 0xdc, 0xe2, 0x5, 0x2c, 0x17, 0x2, 0xdd, 
    0xde, 0x7, 0x23, 0x2, 0x2, 0xde, 0xdf, 0x5, 0x30, 0x19, 0x2, 0xdf, 0xe0, 
    0x7, 0x24, 0x2, 0x2, 0xe0, 0xe2, 0x3, 0x2, 0x2, 0x2, 0xe1, 0xdb, 0x3, 
    0x2, 0x2, 0x2, 0xe1, 0xdd, 0x3, 0x2, 0x2, 0x2, 0xe2, 0xe3, 0x3, 0x2, 
    0x2, 0x2, 0xe3, 0xe1, 0x3, 0x2, 0x2, 0x2, 0xe3, 0xe4, 0x3, 0x2, 0x2, 
    0x2, 0xe4, 0xe5, 0x3, 0x2, 0x2, 0x2, 0xe5, 0xe6, 0x8, 0x11, 0x1, 0x2, 
    0xe6, 0x21, 0x3, 0x2, 0x2, 0x2, 0xe7, 0xe8, 0x7, 0x17, 0x2, 0x2, 0xe8, 
    0xe9, 0x5, 0x30, 0x19, 0x2, 0xe9, 0xea, 0x8, 0x12, 0x1, 0x2, 0xea, 0x23, 
    0x3, 0x2, 0x2, 0x2, 0xeb, 0xec, 0x7, 0x18, 0x2, 0x2, 0xec, 0xed, 0x5, 
    0x30, 0x19, 0x2, 0xed, 0xee, 0x8, 0x13, 0x1, 0x2, 0xee, 0x25, 0x3, 0x2, 
    0x2, 0x2, 0xef, 0xf0, 0x7, 0x3, 0x2, 0x2, 0xf0, 0xf1, 0x8, 0x14, 0x1, 
    0x2, 0xf1, 0xf2, 0x7, 0x1e, 0x2, 0x2, 0xf2, 0xf3, 0x5, 0x30, 0x19, 0x2, 
    0xf3, 0xf4, 0x8, 0x14, 0x1, 0x2, 0xf4, 0x27, 0x3, 0x2, 0x2, 0x2, 0xf5, 
    0xf6, 0x7, 0x4, 0x2, 0x2, 0xf6, 0x10f, 0x8, 0x15, 0x1, 0x2, 0xf7, 0xf8, 
    0x5, 0x40, 0x21, 0x2, 0xf8, 0xf9, 0x7, 0x1e, 0x2, 0x2, 0xf9, 0xfa, 0x5, 
    0x30, 0x19, 0x2, 0xfa, 0xfb, 0x8, 0x15, 0x1, 0x2, 0xfb, 0x110, 0x3, 
    0x2, 0x2, 0x2, 0xfc, 0x104, 0x5, 0x2a, 0x16, 0x2, 0xfd, 0xfe, 0x5, 0x2e, 
    0x18, 0x2, 0xfe, 0xff, 0x8, 0x15, 0x1, 0x2, 0xff, 0x105, 0x3, 0x2, 0x2, 
    0x2, 0x100, 0x101, 0x7, 0x1e, 0x2, 0x2, 0x101, 0x102, 0x5, 0x30, 0x19, 
    0x2, 0x102, 0x103, 0x8, 0x15, 0x1, 0x2, 0x103, 0x105, 0x3, 0x2, 0x2, 
    0x2, 0x104, 0xfd, 0x3, 0x2, 0x2, 0x2, 0x104, 0x100, 0x3, 0x2, 0x2, 0x2, 
    0x105, 0x110, 0x3, 0x2, 0x2, 0x2, 0x106, 0x107, 0x7, 0x3, 0x2, 0x2, 
    0x107, 0x108, 0x8, 0x15, 0x1, 0x2, 0x108, 0x109, 0x7, 0x1e, 0x2, 0x2, 
    0x109, 0x10a, 0x5, 0x30, 0x19, 0x2, 0x10a, 0x10b, 0x8, 0x15, 0x1, 0x2, 
    0x10b, 0x110, 0x3, 0x2, 0x2, 0x2, 0x10c, 0x10d, 0x5, 0x2e, 0x18, 0x2, 
    0x10d, 0x10e, 0x8, 0x15, 0x1, 0x2, 0x10e, 0x110, 0x3, 0x2, 0x2, 0x2, 
    0x10f, 0xf7, 0x3, 0x2, 0x2, 0x2, 0x10f, 0xfc, 0x3, 0x2, 0x2, 0x2, 0x10f, 
    0x106, 0x3, 0x2, 0x2, 0x2, 0x10f, 0x10c, 0x3, 0x2, 0x2, 0x2, 0x110, 
    0x29, 0x3, 0x2, 0x2, 0x2, 0x111, 0x114, 0x5, 0x2c, 0x17, 0x2, 0x112, 
    0x114, 0x5, 0x3e, 0x20, 0x2, 0x113, 0x111, 0x3, 0x2, 0x2, 0x2, 0x113, 
    0x112, 0x3, 0x2, 0x2, 0x2, 0x114, 0x2b, 0x3, 0x2, 0x2, 0x2, 0x115, 0x116, 
    0x9, 0x4, 0x2, 0x2, 0x116, 0x117, 0x8, 0x17, 0x1, 0x2, 0x117, 0x2d, 
    0x3, 0x2, 0x2, 0x2, 0x118, 0x11c, 0x7, 0x1f, 0x2, 0x2, 0x119, 0x11b, 
    0x5, 0xc, 0x7, 0x2, 0x11a, 0x119, 0x3, 0x2, 0x2, 0x2, 0x11b, 0x11e, 
    0x3, 0x2, 0x2, 0x2, 0x11c, 0x11a, 0x3, 0x2, 0x2, 0x2, 0x11c, 0x11d, 
    0x3, 0x2, 0x2, 0x2, 0x11d, 0x11f, 0x3, 0x2, 0x2, 0x2, 0x11e, 0x11c, 
    0x3, 0x2, 0x2, 0x2, 0x11f, 0x120, 0x7, 0x20, 0x2, 0x2, 0x120, 0x121, 
    0x8, 0x18, 0x1, 0x2, 0x121, 0x2f, 0x3, 0x2, 0x2, 0x2, 0x122, 0x129, 
    0x5, 0x32, 0x1a, 0x2, 0x123, 0x124, 0x7, 0x27, 0x2, 0x2, 0x124, 0x125, 
    0x5, 0x30, 0x19, 0x2, 0x125, 0x126, 0x7, 0x26, 0x2, 0x2, 0x126, 0x127, 
    0x5, 0x30, 0x19, 0x2, 0x127, 0x128, 0x8, 0x19, 0x1, 0x2, 0x128, 0x12a, 
    0x3, 0x2, 0x2, 0x2, 0x129, 0x123, 0x3, 0x2, 0x2, 0x2, 0x129, 0x12a, 
    0x3, 0x2, 0x2, 0x2, 0x12a, 0x31, 0x3, 0x2, 0x2, 0x2, 0x12b, 0x131, 0x5, 
    0x36, 0x1c, 0x2, 0x12c, 0x12d, 0x5, 0x34, 0x1b, 0x2, 0x12d, 0x12e, 0x5, 
    0x36, 0x1c, 0x2, 0x12e, 0x130, 0x3, 0x2, 0x2, 0x2, 0x12f, 0x12c, 0x3, 
    0x2, 0x2, 0x2, 0x130, 0x133, 0x3, 0x2, 0x2, 0x2, 0x131, 0x12f, 0x3, 
    0x2, 0x2, 0x2, 0x131, 0x132, 0x3, 0x2, 0x2, 0x2, 0x132, 0x134, 0x3, 
    0x2, 0x2, 0x2, 0x133, 0x131, 0x3, 0x2, 0x2, 0x2, 0x134, 0x135, 0x8, 
    0x1a, 0x1, 0x2, 0x135, 0x33, 0x3, 0x2, 0x2, 0x2, 0x136, 0x137, 0x9, 
    0x5, 0x2, 0x2, 0x137, 0x138, 0x8, 0x1b, 0x1, 0x2, 0x138, 0x35, 0x3, 
    0x2, 0x2, 0x2, 0x139, 0x13a, 0x9, 0x6, 0x2, 0x2, 0x13a, 0x13c, 0x8, 
    0x1c, 0x1, 0x2, 0x13b, 0x139, 0x3, 0x2, 0x2, 0x2, 0x13c, 0x13f, 0x3, 
    0x2, 0x2, 0x2, 0x13d, 0x13b, 0x3, 0x2, 0x2, 0x2, 0x13d, 0x13e, 0x3, 
    0x2, 0x2, 0x2, 0x13e, 0x140, 0x3, 0x2, 0x2, 0x2, 0x13f, 0x13d, 0x3, 
    0x2, 0x2, 0x2, 0x140, 0x144, 0x5, 0x3c, 0x1f, 0x2, 0x141, 0x143, 0x5, 
    0x38, 0x1d, 0x2, 0x142, 0x141, 0x3, 0x2, 0x2, 0x2, 0x143, 0x146, 0x3, 
    0x2, 0x2, 0x2, 0x144, 0x142, 0x3, 0x2, 0x2, 0x2, 0x144, 0x145, 0x3, 
    0x2, 0x2, 0x2, 0x145, 0x147, 0x3, 0x2, 0x2, 0x2, 0x146, 0x144, 0x3, 
    0x2, 0x2, 0x2, 0x147, 0x148, 0x8, 0x1c, 0x1, 0x2, 0x148, 0x37, 0x3, 
    0x2, 0x2, 0x2, 0x149, 0x14a, 0x7, 0x28, 0x2, 0x2, 0x14a, 0x14b, 0x5, 
    0x3a, 0x1e, 0x2, 0x14b, 0x14c, 0x8, 0x1d, 0x1, 0x2, 0x14c, 0x158, 0x3, 
    0x2, 0x2, 0x2, 0x14d, 0x14e, 0x8, 0x1d, 0x1, 0x2, 0x14e, 0x14f, 0x7, 
    0x23, 0x2, 0x2, 0x14f, 0x150, 0x5, 0x30, 0x19, 0x2, 0x150, 0x151, 0x7, 
    0x24, 0x2, 0x2, 0x151, 0x152, 0x8, 0x1d, 0x1, 0x2, 0x152, 0x158, 0x3, 
    0x2, 0x2, 0x2, 0x153, 0x154, 0x8, 0x1d, 0x1, 0x2, 0x154, 0x155, 0x5, 
    0x40, 0x21, 0x2, 0x155, 0x156, 0x8, 0x1d, 0x1, 0x2, 0x156, 0x158, 0x3, 
    0x2, 0x2, 0x2, 0x157, 0x149, 0x3, 0x2, 0x2, 0x2, 0x157, 0x14d, 0x3, 
    0x2, 0x2, 0x2, 0x157, 0x153, 0x3, 0x2, 0x2, 0x2, 0x158, 0x39, 0x3, 0x2, 
    0x2, 0x2, 0x159, 0x15a, 0x9, 0x7, 0x2, 0x2, 0x15a, 0x15b, 0x8, 0x1e, 
    0x1, 0x2, 0x15b, 0x3b, 0x3, 0x2, 0x2, 0x2, 0x15c, 0x15d, 0x7, 0x9, 0x2, 
    0x2, 0x15d, 0x168, 0x8, 0x1f, 0x1, 0x2, 0x15e, 0x168, 0x5, 0x3e, 0x20, 
    0x2, 0x15f, 0x168, 0x5, 0x2c, 0x17, 0x2, 0x160, 0x161, 0x7, 0x21, 0x2, 
    0x2, 0x161, 0x162, 0x5, 0x30, 0x19, 0x2, 0x162, 0x163, 0x7, 0x22, 0x2, 
    0x2, 0x163, 0x164, 0x8, 0x1f, 0x1, 0x2, 0x164, 0x168, 0x3, 0x2, 0x2, 
    0x2, 0x165, 0x168, 0x5, 0x46, 0x24, 0x2, 0x166, 0x168, 0x5, 0x48, 0x25, 
    0x2, 0x167, 0x15c, 0x3, 0x2, 0x2, 0x2, 0x167, 0x15e, 0x3, 0x2, 0x2, 
    0x2, 0x167, 0x15f, 0x3, 0x2, 0x2, 0x2, 0x167, 0x160, 0x3, 0x2, 0x2, 
    0x2, 0x167, 0x165, 0x3, 0x2, 0x2, 0x2, 0x167, 0x166, 0x3, 0x2, 0x2, 
    0x2, 0x168, 0x3d, 0x3, 0x2, 0x2, 0x2, 0x169, 0x16a, 0x7, 0x5, 0x2, 0x2, 
    0x16a, 0x17a, 0x8, 0x20, 0x1, 0x2, 0x16b, 0x16c, 0x7, 0x6, 0x2, 0x2, 
    0x16c, 0x16d, 0x8, 0x20, 0x1, 0x2, 0x16d, 0x173, 0x5, 0x30, 0x19, 0x2, 
    0x16e, 0x16f, 0x7, 0x7, 0x2, 0x2, 0x16f, 0x170, 0x8, 0x20, 0x1, 0x2, 
    0x170, 0x172, 0x5, 0x30, 0x19, 0x2, 0x171, 0x16e, 0x3, 0x2, 0x2, 0x2, 
    0x172, 0x175, 0x3, 0x2, 0x2, 0x2, 0x173, 0x171, 0x3, 0x2, 0x2, 0x2, 
    0x173, 0x174, 0x3, 0x2, 0x2, 0x2, 0x174, 0x176, 0x3, 0x2, 0x2, 0x2, 
    0x175, 0x173, 0x3, 0x2, 0x2, 0x2, 0x176, 0x177, 0x7, 0x8, 0x2, 0x2, 
    0x177, 0x178, 0x8, 0x20, 0x1, 0x2, 0x178, 0x17a, 0x3, 0x2, 0x2, 0x2, 
    0x179, 0x169, 0x3, 0x2, 0x2, 0x2, 0x179, 0x16b, 0x3, 0x2, 0x2, 0x2, 
    0x17a, 0x3f, 0x3, 0x2, 0x2, 0x2, 0x17b, 0x17c, 0x7, 0x21, 0x2, 0x2, 
    0x17c, 0x17d, 0x5, 0x42, 0x22, 0x2, 0x17d, 0x17e, 0x7, 0x22, 0x2, 0x2, 
    0x17e, 0x17f, 0x8, 0x21, 0x1, 0x2, 0x17f, 0x41, 0x3, 0x2, 0x2, 0x2, 
    0x180, 0x188, 0x5, 0x44, 0x23, 0x2, 0x181, 0x182, 0x7, 0x25, 0x2, 0x2, 
    0x182, 0x184, 0x8, 0x22, 0x1, 0x2, 0x183, 0x185, 0x5, 0x44, 0x23, 0x2, 
    0x184, 0x183, 0x3, 0x2, 0x2, 0x2, 0x184, 0x185, 0x3, 0x2, 0x2, 0x2, 
    0x185, 0x187, 0x3, 0x2, 0x2, 0x2, 0x186, 0x181, 0x3, 0x2, 0x2, 0x2, 
    0x187, 0x18a, 0x3, 0x2, 0x2, 0x2, 0x188, 0x186, 0x3, 0x2, 0x2, 0x2, 
    0x188, 0x189, 0x3, 0x2, 0x2, 0x2, 0x189, 0x18c, 0x3, 0x2, 0x2, 0x2, 
    0x18a, 0x188, 0x3, 0x2, 0x2, 0x2, 0x18b, 0x180, 0x3, 0x2, 0x2, 0x2, 
    0x18b, 0x18c, 0x3, 0x2, 0x2, 0x2, 0x18c, 0x43, 0x3, 0x2, 0x2, 0x2, 0x18d, 
    0x18e, 0x7, 0x29, 0x2, 0x2, 0x18e, 0x18f, 0x5, 0x30, 0x19, 0x2, 0x18f, 
    0x190, 0x8, 0x23, 0x1, 0x2, 0x190, 0x199, 0x3, 0x2, 0x2, 0x2, 0x191, 
    0x192, 0x7, 0x3, 0x2, 0x2, 0x192, 0x193, 0x8, 0x23, 0x1, 0x2, 0x193, 
    0x194, 0x7, 0x1e, 0x2, 0x2, 0x194, 0x195, 0x5, 0x30, 0x19, 0x2, 0x195, 
    0x196, 0x8, 0x23, 0x1, 0x2, 0x196, 0x199, 0x3, 0x2, 0x2, 0x2, 0x197, 
    0x199, 0x5, 0x30, 0x19, 0x2, 0x198, 0x18d, 0x3, 0x2, 0x2, 0x2, 0x198, 
    0x191, 0x3, 0x2, 0x2, 0x2, 0x198, 0x197, 0x3, 0x2, 0x2, 0x2, 0x199, 
    0x45, 0x3, 0x2, 0x2, 0x2, 0x19a, 0x1b4, 0x7, 0x23, 0x2, 0x2, 0x19b, 
    0x19c, 0x7, 0x12, 0x2, 0x2, 0x19c, 0x1a1, 0x5, 0x2c, 0x17, 0x2, 0x19d, 
    0x19e, 0x7, 0x25, 0x2, 0x2, 0x19e, 0x19f, 0x5, 0x2c, 0x17, 0x2, 0x19f, 
    0x1a0, 0x8, 0x24, 0x1, 0x2, 0x1a0, 0x1a2, 0x3, 0x2, 0x2, 0x2, 0x1a1, 
    0x19d, 0x3, 0x2, 0x2, 0x2, 0x1a1, 0x1a2, 0x3, 0x2, 0x2, 0x2, 0x1a2, 
    0x1a3, 0x3, 0x2, 0x2, 0x2, 0x1a3, 0x1a4, 0x7, 0x15, 0x2, 0x2, 0x1a4, 
    0x1a5, 0x5, 0x30, 0x19, 0x2, 0x1a5, 0x1a6, 0x7, 0x26, 0x2, 0x2, 0x1a6, 
    0x1ab, 0x5, 0x30, 0x19, 0x2, 0x1a7, 0x1a8, 0x7, 0x13, 0x2, 0x2, 0x1a8, 
    0x1a9, 0x5, 0x30, 0x19, 0x2, 0x1a9, 0x1aa, 0x8, 0x24, 0x1, 0x2, 0x1aa, 
    0x1ac, 0x3, 0x2, 0x2, 0x2, 0x1ab, 0x1a7, 0x3, 0x2, 0x2, 0x2, 0x1ab, 
    0x1ac, 0x3, 0x2, 0x2, 0x2, 0x1ac, 0x1ad, 0x3, 0x2, 0x2, 0x2, 0x1ad, 
    0x1ae, 0x7, 0x24, 0x2, 0x2, 0x1ae, 0x1af, 0x8, 0x24, 0x1, 0x2, 0x1af, 
    0x1b5, 0x3, 0x2, 0x2, 0x2, 0x1b0, 0x1b1, 0x5, 0x42, 0x22, 0x2, 0x1b1, 
    0x1b2, 0x7, 0x24, 0x2, 0x2, 0x1b2, 0x1b3, 0x8, 0x24, 0x1, 0x2, 0x1b3, 
    0x1b5, 0x3, 0x2, 0x2, 0x2, 0x1b4, 0x19b, 0x3, 0x2, 0x2, 0x2, 0x1b4, 
    0x1b0, 0x3, 0x2, 0x2, 0x2, 0x1b5, 0x47, 0x3, 0x2, 0x2, 0x2, 0x1b6, 0x1dd, 
    0x7, 0x1f, 0x2, 0x2, 0x1b7, 0x1b8, 0x7, 0x12, 0x2, 0x2, 0x1b8, 0x1bd, 
    0x5, 0x2c, 0x17, 0x2, 0x1b9, 0x1ba, 0x7, 0x25, 0x2, 0x2, 0x1ba, 0x1bb, 
    0x5, 0x2c, 0x17, 0x2, 0x1bb, 0x1bc, 0x8, 0x25, 0x1, 0x2, 0x1bc, 0x1be, 
    0x3, 0x2, 0x2, 0x2, 0x1bd, 0x1b9, 0x3, 0x2, 0x2, 0x2, 0x1bd, 0x1be, 
    0x3, 0x2, 0x2, 0x2, 0x1be, 0x1bf, 0x3, 0x2, 0x2, 0x2, 0x1bf, 0x1c0, 
    0x7, 0x15, 0x2, 0x2, 0x1c0, 0x1c1, 0x5, 0x30, 0x19, 0x2, 0x1c1, 0x1c2, 
    0x7, 0x26, 0x2, 0x2, 0x1c2, 0x1c3, 0x5, 0x30, 0x19, 0x2, 0x1c3, 0x1c4, 
    0x7, 0x2b, 0x2, 0x2, 0x1c4, 0x1c9, 0x5, 0x30, 0x19, 0x2, 0x1c5, 0x1c6, 
    0x7, 0x13, 0x2, 0x2, 0x1c6, 0x1c7, 0x5, 0x30, 0x19, 0x2, 0x1c7, 0x1c8, 
    0x8, 0x25, 0x1, 0x2, 0x1c8, 0x1ca, 0x3, 0x2, 0x2, 0x2, 0x1c9, 0x1c5, 
    0x3, 0x2, 0x2, 0x2, 0x1c9, 0x1ca, 0x3, 0x2, 0x2, 0x2, 0x1ca, 0x1cb, 
    0x3, 0x2, 0x2, 0x2, 0x1cb, 0x1cc, 0x7, 0x20, 0x2, 0x2, 0x1cc, 0x1cd, 
    0x8, 0x25, 0x1, 0x2, 0x1cd, 0x1de, 0x3, 0x2, 0x2, 0x2, 0x1ce, 0x1d6, 
    0x5, 0x4a, 0x26, 0x2, 0x1cf, 0x1d0, 0x7, 0x25, 0x2, 0x2, 0x1d0, 0x1d2, 
    0x8, 0x25, 0x1, 0x2, 0x1d1, 0x1d3, 0x5, 0x4a, 0x26, 0x2, 0x1d2, 0x1d1, 
    0x3, 0x2, 0x2, 0x2, 0x1d2, 0x1d3, 0x3, 0x2, 0x2, 0x2, 0x1d3, 0x1d5, 
    0x3, 0x2, 0x2, 0x2, 0x1d4, 0x1cf, 0x3, 0x2, 0x2, 0x2, 0x1d5, 0x1d8, 
    0x3, 0x2, 0x2, 0x2, 0x1d6, 0x1d4, 0x3, 0x2, 0x2, 0x2, 0x1d6, 0x1d7, 
    0x3, 0x2, 0x2, 0x2, 0x1d7, 0x1da, 0x3, 0x2, 0x2, 0x2, 0x1d8, 0x1d6, 
    0x3, 0x2, 0x2, 0x2, 0x1d9, 0x1ce, 0x3, 0x2, 0x2, 0x2, 0x1d9, 0x1da, 
    0x3, 0x2, 0x2, 0x2, 0x1da, 0x1db, 0x3, 0x2, 0x2, 0x2, 0x1db, 0x1dc, 
    0x7, 0x20, 0x2, 0x2, 0x1dc, 0x1de, 0x8, 0x25, 0x1, 0x2, 0x1dd, 0x1b7, 
    0x3, 0x2, 0x2, 0x2, 0x1dd, 0x1d9, 0x3, 0x2, 0x2, 0x2, 0x1de, 0x49, 0x3, 
    0x2, 0x2, 0x2, 0x1df, 0x1e0, 0x7, 0x29, 0x2, 0x2, 0x1e0, 0x1e1, 0x5, 
    0x30, 0x19, 0x2, 0x1e1, 0x1e2, 0x8, 0x26, 0x1, 0x2, 0x1e2, 0x1f8, 0x3, 
    0x2, 0x2, 0x2, 0x1e3, 0x1e4, 0x7, 0x3, 0x2, 0x2, 0x1e4, 0x1e5, 0x8, 
    0x26, 0x1, 0x2, 0x1e5, 0x1e6, 0x7, 0x1e, 0x2, 0x2, 0x1e6, 0x1e7, 0x5, 
    0x30, 0x19, 0x2, 0x1e7, 0x1e8, 0x8, 0x26, 0x1, 0x2, 0x1e8, 0x1f8, 0x3, 
    0x2, 0x2, 0x2, 0x1e9, 0x1ea, 0x5, 0x3e, 0x20, 0x2, 0x1ea, 0x1eb, 0x7, 
    0x1e, 0x2, 0x2, 0x1eb, 0x1ec, 0x5, 0x30, 0x19, 0x2, 0x1ec, 0x1ed, 0x8, 
    0x26, 0x1, 0x2, 0x1ed, 0x1f8, 0x3, 0x2, 0x2, 0x2, 0x1ee, 0x1f1, 0x5, 
    0x2c, 0x17, 0x2, 0x1ef, 0x1f0, 0x7, 0x27, 0x2, 0x2, 0x1f0, 0x1f2, 0x8, 
    0x26, 0x1, 0x2, 0x1f1, 0x1ef, 0x3, 0x2, 0x2, 0x2, 0x1f1, 0x1f2, 0x3, 
    0x2, 0x2, 0x2, 0x1f2, 0x1f3, 0x3, 0x2, 0x2, 0x2, 0x1f3, 0x1f4, 0x7, 
    0x26, 0x2, 0x2, 0x1f4, 0x1f5, 0x5, 0x30, 0x19, 0x2, 0x1f5, 0x1f6, 0x8, 
    0x26, 0x1, 0x2, 0x1f6, 0x1f8, 0x3, 0x2, 0x2, 0x2, 0x1f7, 0x1df, 0x3, 
    0x2, 0x2, 0x2, 0x1f7, 0x1e3, 0x3, 0x2, 0x2, 0x2, 0x1f7, 0x1e9, 0x3, 
    0x2, 0x2, 0x2, 0x1f7, 0x1ee, 0x3, 0x2, 0x2, 0x2, 0x1f8, 0x4b, 0x3, 0x2, 
    0x2, 0x2, 0x2c, 0x50, 0x5a, 0x64, 0x6a, 0x6f, 0x78, 0x86, 0xae, 0xbb, 
    0xbd, 0xc9, 0xcf, 0xd7, 0xe1, 0xe3, 0x104, 0x10f, 0x113, 0x11c, 0x129, 
    0x131, 0x13d, 0x144, 0x157, 0x167, 0x173, 0x179, 0x184, 0x188, 0x18b, 
    0x198, 0x1a1, 0x1ab, 0x1b4, 0x1bd, 0x1c9, 0x1d2, 0x1d6, 0x1d9, 0x1dd, 
    0x1f1, 0x1f7, 
  };

  atn::ATNDeserializer deserializer;
  _atn = deserializer.deserialize(_serializedATN);

  size_t count = _atn.getNumberOfDecisions();
  _decisionToDFA.reserve(count);
  for (size_t i = 0; i < count; i++) { 
    _decisionToDFA.emplace_back(_atn.getDecisionState(i), i);
  }
}

GpuspecParser::Initializer GpuspecParser::_init;
