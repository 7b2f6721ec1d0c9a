// The command "Publish to store": tells the store's side that somebody wants the newest version of a document looked
// at now. It publishes nothing by itself and knows no store: the store's side checks who asks, reads the approval of
// that document from Content Server, and publishes the approved version, or nothing.
define([
  'csui/lib/jquery',
  'csui/models/command',
  'csui/utils/commandhelper',
  'store/commands/publish/impl/door',
  'store/commands/publish/impl/feedback',
  'i18n!store/commands/publish/impl/nls/lang',
  'store/config'
], function ($, CommandModel, CommandHelper, door, feedback, lang, config) {
  'use strict';

  var DOCUMENT = 144;
  var underWay = {}; // node id -> promise: a second click while the first one runs is the same click

  // The newest version's number, asked anew: what the table shows may be old. This call also renews the ticket.
  function newestVersion(node) {
    var connector = node.connector;
    return connector.makeAjaxCall(connector.extendAjaxOptions({
      type: 'GET',
      url: connector.connection.url.replace(/\/+$/, '') + '/nodes/' + node.get('id') + '/versions/latest'
    })).then(function (answer) {
      return answer.data.version_number;
    });
  }

  function ticketOf(node) {
    var session = node.connector.connection.session;
    return session && session.ticket || '';
  }

  function publish(node) {
    var done = $.Deferred();
    var about = { id: node.get('id'), name: node.get('name'), version: 0 };

    function fail(problem) {
      feedback.failed(lang, problem, about);
      done.reject(problem);
    }

    newestVersion(node).then(function (version) {
      about.version = version;
      door.knock(config.doors, { node_id: about.id, version: version }, ticketOf(node)).then(function () {
        feedback.accepted(lang, about);
        done.resolve(about);
      }, fail);
    }, function () {
      fail({ reason: 'node' });
    });
    return done.promise();
  }

  return CommandModel.extend({
    defaults: {
      signature: 'StorePublish',
      command_key: ['store', 'publish'],
      name: lang.commandName,
      verb: lang.commandVerb,
      doneVerb: lang.commandDoneVerb,
      scope: 'single'
    },

    // One document, where at least one store is configured. Whether it is approved is not for the browser to say.
    enabled: function (status) {
      var node = CommandHelper.getJustOneNode(status);
      return !!node && node.get('type') === DOCUMENT && config.doors.length > 0;
    },

    execute: function (status) {
      var node = CommandHelper.getJustOneNode(status);
      var id = node.get('id');
      if (!underWay[id]) {
        underWay[id] = publish(node);
        underWay[id].always(function () {
          delete underWay[id];
        });
      }
      return underWay[id];
    }
  });
});
