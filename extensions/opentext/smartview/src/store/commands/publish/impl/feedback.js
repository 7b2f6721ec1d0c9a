// Says how it went in Smart View's own message bar, loaded when there is something to say.
define(['require'], function (require) {
  'use strict';

  // Whether the message bar takes text or HTML differs between releases: a name brings no angle brackets along.
  function filled(text, about, wait) {
    return text.replace(/\{(name|version|wait)\}/g, function (_, word) {
      var value = { name: about.name, version: about.version, wait: wait }[word];
      return String(value).replace(/</g, '‹').replace(/>/g, '›');
    });
  }

  function show(kind, text) {
    require(['csui/controls/globalmessage/globalmessage'], function (GlobalMessage) {
      GlobalMessage.showMessage(kind, text);
    });
  }

  return {
    accepted: function (lang, about) {
      show('success', filled(lang.accepted, about, 0));
    },

    failed: function (lang, problem, about) {
      var text = problem.reason === 'busy' && !problem.wait ? lang.problems.unavailable : lang.problems[problem.reason];
      show('error', filled(text || lang.problems.unexpected, about, problem.wait));
    }
  };
});
