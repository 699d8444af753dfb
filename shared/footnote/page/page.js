// The page to try Footnote in: binds its parts together.

import { bindAsking, startConversation } from "./ask.js";
import { bindDocuments, startOver } from "./documents.js";
import { bindKnowledgeBase } from "./knowledge_base.js";
import { bindUploading } from "./uploading.js";

bindAsking();
bindKnowledgeBase(() => {
  startConversation();
  startOver();
});
bindUploading();
bindDocuments();
